using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Neighbouring threads of a warp that work on one line together: 1 to 32, a power of two. Every thread of the warp calls every reduction, and the
/// result is in every thread of the team.
/// </summary>
internal readonly struct WarpTeam(int size)
{
    /// <summary>This thread's number in the team.</summary>
    public int Lane => Group.IdxX & (size - 1);

    public int Size => size;

    /// <summary>The team's number in the whole grid.</summary>
    public long Line => FastDivision.Of(Threads.Index, size);

    public float Sum(float value)
    {
        for (var offset = size >> 1; offset > 0; offset >>= 1)
        {
            value += Warp.ShuffleXor(value, offset);
        }

        return value;
    }

    public double Sum(double value)
    {
        for (var offset = size >> 1; offset > 0; offset >>= 1)
        {
            value += Warp.ShuffleXor(value, offset);
        }

        return value;
    }

    /// <summary>NaN if any is NaN.</summary>
    public float Max(float value)
    {
        for (var offset = size >> 1; offset > 0; offset >>= 1)
        {
            value = GpuLane.Max(new(value), new(Warp.ShuffleXor(value, offset))).Value;
        }

        return value;
    }

    public int Min(int value)
    {
        for (var offset = size >> 1; offset > 0; offset >>= 1)
        {
            var other = Warp.ShuffleXor(value, offset);
            value = other < value ? other : value;
        }

        return value;
    }

    /// <summary>The sum over this thread and those before it.</summary>
    public double Scan(double value)
    {
        for (var offset = 1; offset < size; offset <<= 1)
        {
            var other = Warp.ShuffleUp(value, offset);
            value += Lane >= offset ? other : 0;
        }

        return value;
    }

    /// <summary>What the last thread has.</summary>
    public double Last(double value) => Warp.Shuffle(value, Warp.LaneIdx | (size - 1));
}
