using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;

namespace XlstmSam.Training.Metrics;

/// <summary>The challenge's simulated click: a deepest voxel of the largest 26-connected component of the error of one class.</summary>
// Depth is in voxels, spacing plays no part. The random choice among equally deep voxels starts from seed 42 every time, so
// a click is a function of prediction and truth. Buffers are kept between calls; one instance serves one thread.
public sealed class ClickSimulator(long fullLimit = CoarseDepth.FullLimit)
{
    private const uint Seed = 42;

    private readonly ConnectedComponents components = new();
    private readonly DepthField field = new();
    private readonly MersenneTwister twister = new(Seed);
    private byte[] error = [];

    /// <summary>
    /// The next click for a class, or null where prediction and truth agree. Volumes have x fastest, which is the memory order of
    /// a C-order array indexed (z, y, x); size.X is that array's last extent.
    /// </summary>
    public Click? Next<T>(ReadOnlySpan<T> prediction, ReadOnlySpan<T> truth, T label, Size3 size)
        where T : unmanaged, IEquatable<T> => Next(prediction, truth, label, size, VoxelBounds.Whole(size.ToExtent()));

    /// <summary>The same, where a box is known to hold all voxels of the class in both volumes.</summary>
    public Click? Next<T>(ReadOnlySpan<T> prediction, ReadOnlySpan<T> truth, T label, Size3 size, VoxelBounds box)
        where T : unmanaged, IEquatable<T>
    {
        if (prediction.Length != size.Count || truth.Length != size.Count)
        {
            throw new ArgumentException(
                $"ClickSimulator: prediction of {prediction.Length} and truth of {truth.Length} voxels for a grid of {size}; expected {size.Count} each.");
        }

        if (box.IsEmpty || !FindError(prediction, truth, label, size, box))
        {
            return null;
        }

        twister.Seed(Seed);
        var (x, y, z) = Deepest();
        (x, y, z) = (x + box.MinX, y + box.MinY, z + box.MinZ);
        return new(x, y, z, truth[x + (size.X * (y + (size.Y * z)))].Equals(label));
    }

    private (int X, int Y, int Z) Deepest()
    {
        var largest = components.Largest;
        var bounds = components.Bounds(largest);
        if (CoarseDepth.PaddedVoxels(bounds.Size) > fullLimit)
        {
            return CoarseDepth.Deepest(components, largest, bounds, twister.Choice);
        }

        var crop = field.Start(bounds, out var cropSize);
        components.Paint(largest, crop, cropSize, bounds.MinX - 1, bounds.MinY - 1, bounds.MinZ - 1);
        field.Measure(parallel: true);
        return field.Deepest(twister.Choice);
    }

    private bool FindError<T>(ReadOnlySpan<T> prediction, ReadOnlySpan<T> truth, T label, Size3 size, VoxelBounds box)
        where T : unmanaged, IEquatable<T>
    {
        var voxels = (int)box.Size.Count;
        if (error.Length < voxels)
        {
            error = new byte[voxels];
        }

        var at = 0;
        for (var z = box.MinZ; z <= box.MaxZ; z++)
        {
            for (var y = box.MinY; y <= box.MaxY; y++)
            {
                var row = box.MinX + (size.X * (y + (size.Y * z)));
                var a = prediction.Slice(row, box.Size.W);
                var b = truth.Slice(row, box.Size.W);
                for (var x = 0; x < a.Length; x++)
                {
                    error[at++] = a[x].Equals(label) != b[x].Equals(label) ? (byte)1 : (byte)0;
                }
            }
        }

        components.Find(error.AsSpan(0, voxels), box.Size, Connectivity.Corners);
        return components.Count > 0;
    }
}
