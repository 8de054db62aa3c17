using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Where a thread stands in a one-dimensional grid.</summary>
internal static class Threads
{
    /// <summary>This thread's number in the whole grid.</summary>
    public static long Index => ((long)Grid.IdxX * Group.DimX) + Group.IdxX;

    /// <summary>Threads of the whole grid: the step of a loop over more elements than threads.</summary>
    public static long Count => (long)Grid.DimX * Group.DimX;
}
