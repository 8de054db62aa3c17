namespace XlstmSam.Imaging;

/// <summary>Grey values and labels by R, A, S index, read through the map back to the image's own order.</summary>
internal sealed class PreviewVoxels
{
    private readonly Volume<float> image;
    private readonly Volume<int>? mask;
    private readonly AxisMap fromRas;
    private readonly double low;
    private readonly double scale;

    public PreviewVoxels(Volume<float> image, Volume<int>? mask, AxisMap fromRas)
    {
        (this.image, this.mask, this.fromRas) = (image, mask, fromRas);
        var finite = Array.ConvertAll(image.Voxels, v => float.IsFinite(v) ? v : 0);
        var isScaled = finite.AsSpan().IndexOfAnyExceptInRange(0f, 255f) < 0;
        var (least, most) = isScaled ? (0, 255) : Percentiles.OfNonZero(finite, 0.5, 99.5);
        (low, scale) = (least, most > least ? 255 / (most - least) : 0);
    }

    public byte Grey(VoxelIndex ras)
    {
        var value = image[fromRas.Apply(ras)];
        return float.IsFinite(value) ? (byte)Math.Clamp((value - low) * scale, 0, 255) : (byte)0;
    }

    public int Label(VoxelIndex ras) => mask is null ? 0 : mask[fromRas.Apply(ras)];
}
