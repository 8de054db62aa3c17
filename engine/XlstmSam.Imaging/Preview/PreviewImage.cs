namespace XlstmSam.Imaging;

/// <summary>
/// Three planes through one voxel side by side: axial, coronal, sagittal. The patient's right is on the left of the picture, head or
/// front up; distances are to scale. The mask is tinted with a solid outline, one colour per label; clicks in a shown plane are crosses.
/// </summary>
public static class PreviewImage
{
    private const int PanelSize = 384;
    private const int Gap = 4;
    private const int CrossSize = 5;

    private static readonly Rgb[] LabelColours =
        [new(255, 196, 0), new(0, 200, 255), new(255, 90, 200), new(120, 255, 120), new(190, 140, 255), new(255, 130, 60)];

    /// <summary>Writes a PNG of the three planes through a voxel, the mask's outline and the clicks over them.</summary>
    /// <exception cref="ArgumentException">Image and mask differ in size, or the voxel lies outside.</exception>
    public static void Write(string path, Volume<float> image, VoxelIndex at, Volume<int>? mask = null, IReadOnlyList<PreviewClick>? clicks = null) =>
        AtomicFile.Write(path, stream => Write(stream, image, at, mask, clicks));

    /// <param name="stream">Receives the PNG.</param>
    /// <param name="image">Any orientation; it is shown in R, A, S.</param>
    /// <param name="at">The voxel of the image that the three planes go through.</param>
    /// <param name="mask">Labels on the image's grid.</param>
    /// <param name="clicks">Voxels of the image's grid.</param>
    public static void Write(Stream stream, Volume<float> image, VoxelIndex at, Volume<int>? mask = null, IReadOnlyList<PreviewClick>? clicks = null)
    {
        if ((mask is not null && mask.Size != image.Size) || !image.Geometry.Contains(at))
        {
            throw new ArgumentException($"PreviewImage: image {image.Size}, mask {mask?.Size.ToString() ?? "none"}, planes through {at}; expected one " +
                $"grid and a voxel inside it.");
        }

        var map = Orientation.ToRas(image.Geometry);
        var size = map.Target.Size;
        var spacing = map.Target.Spacing;
        var longest = Math.Max(size.X * spacing.X, Math.Max(size.Y * spacing.Y, size.Z * spacing.Z));
        var millimetresPerPixel = longest / PanelSize;
        var through = map.Apply(at);
        PreviewPlane[] planes =
        [
            new(0, 1, 2, through.Z, size, spacing, millimetresPerPixel),
            new(0, 2, 1, through.Y, size, spacing, millimetresPerPixel),
            new(1, 2, 0, through.X, size, spacing, millimetresPerPixel),
        ];
        var canvas = new PreviewCanvas(planes.Sum(p => p.Width) + (2 * Gap), planes.Max(p => p.Height));
        var shown = new PreviewVoxels(image, mask, map.Inverse);
        var left = 0;
        foreach (var plane in planes)
        {
            Draw(canvas, left, plane, shown);
            DrawClicks(canvas, left, plane, clicks ?? [], map);
            left += plane.Width + Gap;
        }

        Png.Write(stream, canvas.Width, canvas.Height, canvas.Rgb);
    }

    private static void Draw(PreviewCanvas canvas, int left, PreviewPlane plane, PreviewVoxels voxels)
    {
        for (var v = 0; v < plane.Height; v++)
        {
            for (var u = 0; u < plane.Width; u++)
            {
                var voxel = plane.VoxelAt(u, v);
                var grey = voxels.Grey(voxel);
                var label = voxels.Label(voxel);
                var colour = new Rgb(grey, grey, grey);
                if (label != 0)
                {
                    var isEdge = LabelBeside(plane, voxels, u - 1, v) != label || LabelBeside(plane, voxels, u + 1, v) != label
                        || LabelBeside(plane, voxels, u, v - 1) != label || LabelBeside(plane, voxels, u, v + 1) != label;
                    colour = colour.Blend(LabelColours[(int)((uint)(label - 1) % LabelColours.Length)], isEdge ? 1 : 0.3);
                }

                canvas.Set(left + u, v, colour);
            }
        }
    }

    private static int LabelBeside(PreviewPlane plane, PreviewVoxels voxels, int u, int v) =>
        u < 0 || v < 0 || u >= plane.Width || v >= plane.Height ? 0 : voxels.Label(plane.VoxelAt(u, v));

    private static void DrawClicks(PreviewCanvas canvas, int left, PreviewPlane plane, IReadOnlyList<PreviewClick> clicks, AxisMap map)
    {
        foreach (var click in clicks)
        {
            if (plane.PixelOf(map.Apply(click.Voxel)) is not { } pixel)
            {
                continue;
            }

            var colour = click.IsForeground ? new Rgb(0, 255, 0) : new Rgb(255, 0, 0);
            for (var d = -CrossSize; d <= CrossSize; d++)
            {
                if (pixel.U + d >= 0 && pixel.U + d < plane.Width)
                {
                    canvas.Set(left + pixel.U + d, pixel.V, colour);
                }

                if (pixel.V + d >= 0 && pixel.V + d < plane.Height)
                {
                    canvas.Set(left + pixel.U, pixel.V + d, colour);
                }
            }
        }
    }
}
