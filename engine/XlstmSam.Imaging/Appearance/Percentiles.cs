namespace XlstmSam.Imaging;

/// <summary>Exact percentiles in two passes over the data, without sorting it.</summary>
public static class Percentiles
{
    private const int Bins = 1 << 16;

    /// <summary>
    /// The two percentiles of all voxels that are not 0, with numpy's linear interpolation between neighbours: position q / 100 (n - 1).
    /// (0, 0) when every voxel is 0. Voxels must be finite.
    /// </summary>
    public static (double Low, double High) OfNonZero(ReadOnlySpan<float> voxels, double lowPercent, double highPercent)
    {
        var coarse = new long[Bins];
        var count = 0L;
        foreach (var voxel in voxels)
        {
            if (voxel != 0)
            {
                coarse[Key(voxel) >> 16]++;
                count++;
            }
        }

        return count == 0
            ? (0, 0)
            : (Interpolate(voxels, coarse, lowPercent / 100 * (count - 1)), Interpolate(voxels, coarse, highPercent / 100 * (count - 1)));
    }

    private static double Interpolate(ReadOnlySpan<float> voxels, long[] coarse, double position)
    {
        var rank = (long)position;
        var weight = position - rank;
        double below = Select(voxels, coarse, rank);
        if (weight == 0)
        {
            return below;
        }

        double above = Select(voxels, coarse, rank + 1);
        return weight < 0.5 ? below + ((above - below) * weight) : above - ((above - below) * (1 - weight));
    }

    /// <summary>The value of the given rank: its upper 16 bits from the histogram, its lower 16 from a second one of that bin.</summary>
    private static float Select(ReadOnlySpan<float> voxels, long[] coarse, long rank)
    {
        var high = Find(coarse, ref rank);
        var fine = new long[Bins];
        foreach (var voxel in voxels)
        {
            if (voxel != 0 && Key(voxel) >> 16 == high)
            {
                fine[Key(voxel) & 0xFFFF]++;
            }
        }

        var key = (high << 16) | Find(fine, ref rank);
        return BitConverter.UInt32BitsToSingle((key & 0x80000000) != 0 ? key & 0x7FFFFFFF : ~key);
    }

    private static uint Find(long[] histogram, ref long rank)
    {
        var bin = 0u;
        while (rank >= histogram[bin])
        {
            rank -= histogram[bin++];
        }

        return bin;
    }

    /// <summary>An unsigned number that sorts as the float does.</summary>
    private static uint Key(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
    }
}
