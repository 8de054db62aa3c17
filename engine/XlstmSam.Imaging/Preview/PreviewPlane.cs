namespace XlstmSam.Imaging;

/// <summary>
/// One plane of a grid in R, A, S order as pixels. Columns run against the across axis (right or front is on the left of the picture),
/// rows against the up axis, so that the head or the front is at the top.
/// </summary>
internal sealed class PreviewPlane(int across, int up, int normal, int slice, Size3 size, Vector3d spacing, double millimetresPerPixel)
{
    public int Width { get; } = Math.Max(1, (int)Math.Round(size[across] * spacing[across] / millimetresPerPixel));

    public int Height { get; } = Math.Max(1, (int)Math.Round(size[up] * spacing[up] / millimetresPerPixel));

    public VoxelIndex VoxelAt(int u, int v) => At(
        size[across] - 1 - Math.Min((int)((u + 0.5) * size[across] / Width), size[across] - 1),
        size[up] - 1 - Math.Min((int)((v + 0.5) * size[up] / Height), size[up] - 1));

    /// <summary>The pixel at the voxel's centre, or null when the voxel lies in another slice.</summary>
    public (int U, int V)? PixelOf(VoxelIndex voxel) => Along(voxel, normal) != slice
        ? null
        : ((int)((size[across] - 0.5 - Along(voxel, across)) * Width / size[across]), (int)((size[up] - 0.5 - Along(voxel, up)) * Height / size[up]));

    private VoxelIndex At(int i, int j) => (across, up) switch
    {
        (0, 1) => new(i, j, slice),
        (0, 2) => new(i, slice, j),
        _ => new(slice, i, j),
    };

    private static int Along(VoxelIndex voxel, int axis) => axis switch { 0 => voxel.X, 1 => voxel.Y, _ => voxel.Z };
}
