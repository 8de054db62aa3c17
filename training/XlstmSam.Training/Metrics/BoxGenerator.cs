using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;

namespace XlstmSam.Training.Metrics;

/// <summary>Which slice a box takes its x and y extent from.</summary>
public enum MiddleSlice
{
    /// <summary>The middle of the slices that hold the object: the challenge's rule since 2025-05-01.</summary>
    OfSlices,

    /// <summary>The slice of the middle voxel in raster order: the challenge's earlier rule.</summary>
    OfVoxels,
}

/// <summary>Box prompts from labels, as the challenge made them: one box per class, in ascending order of the labels.</summary>
// The x and y extent is that of one slice only, so a box may leave out parts of its object.
public static class BoxGenerator
{
    /// <summary>The seed of the challenge's script.</summary>
    public const uint OfficialSeed = 2025;

    // Enlargement by 0 to 5 pixels of a slice 256 pixels wide.
    private const int Shifts = 6;
    private const int ReferenceExtent = 256;

    /// <summary>The challenge gives no boxes for microscopy.</summary>
    public static bool HasBoxes(string caseName) => !caseName.Contains("Microscopy", StringComparison.OrdinalIgnoreCase);

    /// <summary>Boxes of all classes; with a random stream, each is enlarged in x and y by the same random share of the extents.</summary>
    public static ChallengeBox[] Generate(
        ReadOnlySpan<ushort> labels, Size3 size, MiddleSlice middle = MiddleSlice.OfSlices, MersenneTwister? enlargement = null)
    {
        var regions = new LabelRegions(labels, size);
        var classes = regions.Classes;
        var boxes = new ChallengeBox[classes.Length];
        for (var i = 0; i < boxes.Length; i++)
        {
            boxes[i] = Generate(labels, size, classes[i], regions.Box(classes[i]), middle, enlargement);
        }

        return boxes;
    }

    private static ChallengeBox Generate(
        ReadOnlySpan<ushort> labels, Size3 size, ushort label, VoxelBounds region, MiddleSlice middle, MersenneTwister? enlargement)
    {
        var voxels = new long[size.Z];
        for (var z = region.MinZ; z <= region.MaxZ; z++)
        {
            voxels[z] = labels.Slice(z * size.X * size.Y, size.X * size.Y).Count(label);
        }

        var mid = middle == MiddleSlice.OfSlices ? MiddleOfSlices(voxels) : MiddleOfVoxels(voxels);
        var slice = LabelBox.Of(labels.Slice(mid * size.X * size.Y, size.X * size.Y), label, new(size.X, size.Y, 1));
        var shift = enlargement?.Choice(Shifts) ?? 0;
        var shiftX = (int)(shift * (double)size.X / ReferenceExtent);
        var shiftY = (int)(shift * (double)size.Y / ReferenceExtent);
        return new(
            region.MinZ, region.MaxZ, mid,
            Math.Max(0, slice.MinX - shiftX), Math.Max(0, slice.MinY - shiftY),
            Math.Min(size.X - 1, slice.MaxX + shiftX), Math.Min(size.Y - 1, slice.MaxY + shiftY));
    }

    private static int MiddleOfSlices(long[] voxels)
    {
        var left = voxels.Count(static v => v > 0) / 2;
        return Array.FindIndex(voxels, v => v > 0 && left-- == 0);
    }

    private static int MiddleOfVoxels(long[] voxels)
    {
        var left = voxels.Sum() / 2;
        return Array.FindIndex(voxels, v => (left -= v) < 0);
    }
}
