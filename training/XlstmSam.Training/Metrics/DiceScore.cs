using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;

namespace XlstmSam.Training.Metrics;

/// <summary>The Dice coefficient 2 |A and B| / (|A| + |B|); NaN when both masks are empty.</summary>
public static class DiceScore
{
    public static double Of(long truth, long prediction, long both) =>
        truth + prediction == 0 ? double.NaN : 2.0 * both / (truth + prediction);

    /// <summary>Dice of the voxels that hold one label.</summary>
    public static double Of<T>(ReadOnlySpan<T> truth, ReadOnlySpan<T> prediction, T label)
        where T : unmanaged, IEquatable<T>
    {
        if (truth.Length != prediction.Length)
        {
            throw new ArgumentException($"DiceScore: truth has {truth.Length} voxels and prediction {prediction.Length}; expected as many.");
        }

        return Of(
            truth.Count(label), prediction.Count(label), Both(truth, prediction, label, VoxelBounds.Whole(new(1, 1, truth.Length)), new(truth.Length, 1, 1)));
    }

    /// <summary>Voxels within a box that hold the label in both volumes.</summary>
    internal static long Both<T>(ReadOnlySpan<T> truth, ReadOnlySpan<T> prediction, T label, VoxelBounds box, Size3 size)
        where T : unmanaged, IEquatable<T>
    {
        var count = 0L;
        for (var z = box.MinZ; z <= box.MaxZ; z++)
        {
            for (var y = box.MinY; y <= box.MaxY; y++)
            {
                var row = box.MinX + (size.X * (y + (size.Y * z)));
                var a = truth.Slice(row, box.Size.W);
                var b = prediction.Slice(row, box.Size.W);
                for (var x = 0; x < a.Length; x++)
                {
                    count += a[x].Equals(label) && b[x].Equals(label) ? 1 : 0;
                }
            }
        }

        return count;
    }
}
