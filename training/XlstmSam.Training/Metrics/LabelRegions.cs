using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;

namespace XlstmSam.Training.Metrics;

/// <summary>All labels of a volume with their voxel counts and bounding boxes, from one pass over it.</summary>
public sealed class LabelRegions
{
    private readonly SortedDictionary<ushort, Region> regions = [];

    public LabelRegions(ReadOnlySpan<ushort> labels, Size3 size)
    {
        var found = new Region[ushort.MaxValue + 1];
        for (var row = 0; row < size.Y * size.Z; row++)
        {
            var line = labels.Slice(row * size.X, size.X);
            for (var x = 0; x < line.Length;)
            {
                var length = line[x..].IndexOfAnyExcept(line[x]);
                var end = length < 0 ? line.Length : x + length;
                var before = found[line[x]];
                var box = before.Voxels == 0 ? VoxelBounds.Empty : before.Box;
                found[line[x]] = new(before.Voxels + end - x, box.WithRun(x, end - 1, row % size.Y, row / size.Y));
                x = end;
            }
        }

        for (var label = 0; label < found.Length; label++)
        {
            if (found[label].Voxels > 0)
            {
                regions.Add((ushort)label, found[label]);
            }
        }
    }

    /// <summary>The challenge's classes: all labels in ascending order without the smallest, whatever that is.</summary>
    public ushort[] Classes => [.. regions.Keys.Skip(1)];

    /// <summary>All labels in ascending order, background included if it occurs.</summary>
    public IReadOnlyCollection<ushort> Labels => regions.Keys;

    public long Voxels(ushort label) => regions.TryGetValue(label, out var region) ? region.Voxels : 0;

    /// <summary>The bounding box of a label, empty if it does not occur.</summary>
    public VoxelBounds Box(ushort label) => regions.TryGetValue(label, out var region) ? region.Box : VoxelBounds.Empty;

    private readonly record struct Region(long Voxels, VoxelBounds Box);
}
