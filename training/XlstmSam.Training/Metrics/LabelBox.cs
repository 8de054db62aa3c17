using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;

namespace XlstmSam.Training.Metrics;

/// <summary>The bounding box of one label of a volume.</summary>
public static class LabelBox
{
    public static VoxelBounds Of<T>(ReadOnlySpan<T> labels, T label, Size3 size)
        where T : unmanaged, IEquatable<T>
    {
        var box = VoxelBounds.Empty;
        for (var row = 0; row < size.Y * size.Z; row++)
        {
            var line = labels.Slice(row * size.X, size.X);
            var first = line.IndexOf(label);
            box = first < 0 ? box : box.WithRun(first, line.LastIndexOf(label), row % size.Y, row / size.Y);
        }

        return box;
    }
}
