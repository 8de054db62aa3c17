using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Running maxima and minima over the lanes of a warp; every lane calls.</summary>
internal static class WarpScan
{
    public const int Lanes = 32;

    /// <summary>The highest value of this lane and those before it.</summary>
    public static int Highest(int lane, int value)
    {
        for (var offset = 1; offset < Lanes; offset <<= 1)
        {
            var other = Warp.ShuffleUp(value, offset);
            value = lane >= offset && other > value ? other : value;
        }

        return value;
    }

    /// <summary>The lowest value of this lane and those behind it.</summary>
    public static int Lowest(int lane, int value)
    {
        for (var offset = 1; offset < Lanes; offset <<= 1)
        {
            var other = Warp.ShuffleDown(value, offset);
            value = lane + offset < Lanes && other < value ? other : value;
        }

        return value;
    }
}
