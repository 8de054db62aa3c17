using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Training.Clicks;

/// <summary>The clicks that training places on one sample: where the prediction is wrong, or inside the object.</summary>
// One instance serves one thread and one grid; buffers are kept, so a click allocates nothing once they have grown.
// Every rule takes choose(n), which answers a random index below n; ties and uniform draws go through it.
public sealed class TrainingClicks(Size3 size)
{
    private readonly ConnectedComponents components = new();
    private readonly DepthField field = new();
    private byte[] error = [];

    /// <summary>A deepest voxel of the largest 26-connected component of (logit > threshold) xor target; null without an error.</summary>
    public Click? DeepestError(ReadOnlySpan<float> logits, ReadOnlySpan<byte> target, float threshold, Func<int, int> choose)
    {
        FindErrors(logits, target, threshold);
        components.Find(error, size.ToExtent(), Connectivity.Corners);
        if (components.Count == 0)
        {
            return null;
        }

        var largest = components.Largest;
        var bounds = components.Bounds(largest);
        var crop = field.Start(bounds, out var cropSize);
        components.Paint(largest, crop, cropSize, bounds.MinX - 1, bounds.MinY - 1, bounds.MinZ - 1);
        return Deepest(target, choose);
    }

    /// <summary>A voxel drawn uniformly from all errors; null without an error.</summary>
    public Click? RandomError(ReadOnlySpan<float> logits, ReadOnlySpan<byte> target, float threshold, Func<int, int> choose)
    {
        FindErrors(logits, target, threshold);
        return Uniform(error, target, choose);
    }

    /// <summary>A voxel of the target farthest from the background, outside the grid included; null for an empty target.</summary>
    public Click? DeepestForeground(ReadOnlySpan<byte> target, Func<int, int> choose)
    {
        Check(target.Length, "target");
        var bounds = Bounds(target);
        if (bounds.IsEmpty)
        {
            return null;
        }

        var crop = field.Start(bounds, out var cropSize);
        for (var z = bounds.MinZ; z <= bounds.MaxZ; z++)
        {
            for (var y = bounds.MinY; y <= bounds.MaxY; y++)
            {
                var to = 1 + (cropSize.W * ((y - bounds.MinY + 1) + (cropSize.H * (z - bounds.MinZ + 1))));
                target.Slice(Index(bounds.MinX, y, z), bounds.Size.W).CopyTo(crop[to..]);
            }
        }

        return Deepest(target, choose);
    }

    /// <summary>A voxel drawn uniformly from the target; null for an empty target.</summary>
    public Click? RandomForeground(ReadOnlySpan<byte> target, Func<int, int> choose)
    {
        Check(target.Length, "target");
        return Uniform(target, target, choose);
    }

    private Click Deepest(ReadOnlySpan<byte> target, Func<int, int> choose)
    {
        field.Measure(parallel: false);
        var (x, y, z) = field.Deepest(choose);
        return new(x, y, z, target[Index(x, y, z)] != 0);
    }

    private Click? Uniform(ReadOnlySpan<byte> mask, ReadOnlySpan<byte> target, Func<int, int> choose)
    {
        var count = mask.Length - mask.Count((byte)0);
        if (count == 0)
        {
            return null;
        }

        var index = -1;
        for (var left = choose(count); left >= 0; left--)
        {
            index += 1 + mask[(index + 1)..].IndexOfAnyExcept((byte)0);
        }

        return new(index % size.X, index / size.X % size.Y, index / size.X / size.Y, target[index] != 0);
    }

    private void FindErrors(ReadOnlySpan<float> logits, ReadOnlySpan<byte> target, float threshold)
    {
        Check(logits.Length, "logits");
        Check(target.Length, "target");
        error = error.Length == target.Length ? error : new byte[target.Length];
        for (var i = 0; i < error.Length; i++)
        {
            error[i] = logits[i] > threshold != (target[i] != 0) ? (byte)1 : (byte)0;
        }
    }

    private VoxelBounds Bounds(ReadOnlySpan<byte> mask)
    {
        var box = VoxelBounds.Empty;
        for (var row = 0; row < size.Y * size.Z; row++)
        {
            var line = mask.Slice(row * size.X, size.X);
            var first = line.IndexOfAnyExcept((byte)0);
            box = first < 0 ? box : box.WithRun(first, line.LastIndexOfAnyExcept((byte)0), row % size.Y, row / size.Y);
        }

        return box;
    }

    private int Index(int x, int y, int z) => x + (size.X * (y + (size.Y * z)));

    private void Check(int voxels, string name)
    {
        if (voxels != size.Count)
        {
            throw new ArgumentException($"TrainingClicks: {name} has {voxels} voxels; the grid of {size} has {size.Count}.");
        }
    }
}
