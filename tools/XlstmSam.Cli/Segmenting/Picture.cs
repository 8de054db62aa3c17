using XlstmSam.Imaging;
using XlstmSam.Models;

namespace XlstmSam.Cli.Segmenting;

/// <summary>The preview of a segmentation: three planes through the prompts.</summary>
internal static class Picture
{
    public static void Write(string path, PreparedScan scan, Volume<byte> mask, ObjectPrompts prompts)
    {
        var labels = scan.ToRas.Apply(new Volume<int>(mask.Geometry, Array.ConvertAll(mask.Voxels, voxel => (int)voxel)));
        var size = scan.Image.Size;
        var clicks = prompts.Points.Select(p => new PreviewClick(PromptSpace.Nearest(scan.ToRas.Apply(p.Voxel), size), p.Positive));
        PreviewImage.Write(path, scan.Image, Centre(scan, labels, prompts), labels, [.. clicks]);
    }

    /// <summary>The first click on the object, else the middle of the box, else of the mask, else of the scan.</summary>
    private static VoxelIndex Centre(PreparedScan scan, Volume<int> labels, ObjectPrompts prompts)
    {
        var size = scan.Image.Size;
        if (prompts.Points.Any(p => p.Positive))
        {
            return PromptSpace.Nearest(scan.ToRas.Apply(prompts.Points.First(p => p.Positive).Voxel), size);
        }

        if (prompts.Box is { } box)
        {
            return PromptSpace.Nearest(scan.ToRas.Apply(box.Centre), size);
        }

        var around = VoxelBox.Around(labels) ?? VoxelBox.Whole(size);
        return new((around.Low.X + around.High.X - 1) / 2, (around.Low.Y + around.High.Y - 1) / 2, (around.Low.Z + around.High.Z - 1) / 2);
    }
}
