using System.Runtime.InteropServices;
using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>What is known of a run of tokens: a sum over them, and a maximum or a mark.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Run(double sum, double peak)
{
    public double Sum = sum;
    public double Peak = peak;
}

/// <summary>How two neighbouring runs become one.</summary>
internal interface IRunSum
{
    /// <summary>Whether the runs are visited from the last chunk to the first.</summary>
    static abstract bool IsBackward { get; }

    static abstract Run Empty { get; }

    /// <param name="a">Visited before <paramref name="b"/>.</param>
    static abstract Run Join(Run a, Run b);
}

/// <summary>Gates: Sum is Σ ℓ, Peak the maximum of U, counted from the start of the run.</summary>
internal readonly struct GateRuns : IRunSum
{
    public static bool IsBackward => false;

    public static Run Empty => new(0, double.NegativeInfinity);

    public static Run Join(Run a, Run b)
    {
        var peak = b.Peak - a.Sum;
        return new(a.Sum + b.Sum, peak > a.Peak ? peak : a.Peak);
    }
}

/// <summary>Gradients of row maxima: Sum is what no token of the run has taken yet, Peak is 1 if any took what came before.</summary>
internal readonly struct PeakRuns : IRunSum
{
    public static bool IsBackward => true;

    public static Run Empty => new(0, 0);

    public static Run Join(Run a, Run b) => b.Peak > 0 ? b : new(a.Sum + b.Sum, a.Peak);
}

/// <summary>Scans over the chunks of a sequence.</summary>
internal static class MlstmRunKernels
{
    private const int BlockSize = 256;

    /// <summary>
    /// before[c] is the join of all runs visited before run c. A block for each sequence, whose threads take equal shares. Nothing is overwritten:
    /// ILGPU may move the read of a struct behind a write to its place.
    /// </summary>
    [CudaKernel(BlockSize)]
    public static void Scan<[Instances(typeof(GateRuns), typeof(PeakRuns))] TRuns>(int chunks, ArrayView<float> runs, ArrayView<float> before)
        where TRuns : struct, IRunSum
    {
        var shares = SharedMemory.Allocate<Run>(BlockSize);
        var starts = SharedMemory.Allocate<Run>(BlockSize);
        var (all, results) = (runs.Cast<Run>(), before.Cast<Run>());
        var share = (chunks + BlockSize - 1) / BlockSize;
        var first = Group.IdxX * share;
        var end = first + share < chunks ? first + share : chunks;
        var joined = TRuns.Empty;
        for (var visit = first; visit < end; visit++)
        {
            joined = TRuns.Join(joined, all[Place<TRuns>(chunks, visit)]);
        }

        shares[Group.IdxX] = joined;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            var start = TRuns.Empty;
            for (var thread = 0; thread < BlockSize; thread++)
            {
                starts[thread] = start;
                start = TRuns.Join(start, shares[thread]);
            }
        }

        Group.Barrier();
        joined = starts[Group.IdxX];
        for (var visit = first; visit < end; visit++)
        {
            var place = Place<TRuns>(chunks, visit);
            results[place] = joined;
            joined = TRuns.Join(joined, all[place]);
        }
    }

    private static long Place<TRuns>(int chunks, int visit)
        where TRuns : struct, IRunSum => ((long)Grid.IdxX * chunks) + (TRuns.IsBackward ? chunks - 1 - visit : visit);
}
