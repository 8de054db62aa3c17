using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.Benchmarks.Measuring;

/// <summary>The most multiply-adds this process gets out of the machine right now: what every Gflop/s is to be held against.</summary>
public static class PeakRate
{
    private const int Chains = 12;
    private const int Steps = 4_000_000;

    /// <summary>Gflop/s in single precision of so many threads, the best of a few tries.</summary>
    public static double Measure(int threads)
    {
        var best = 0.0;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var started = Stopwatch.GetTimestamp();
            var workers = Enumerable.Range(1, threads - 1).Select(_ => new Thread(() => MultiplyAdds(Steps))).ToArray();
            Array.ForEach(workers, worker => worker.Start());
            MultiplyAdds(Steps);
            Array.ForEach(workers, worker => worker.Join());
            var flops = 2.0 * Vector256<float>.Count * Chains * Steps * threads;
            best = Math.Max(best, flops / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e9);
        }

        return best;
    }

    // As many chains as the latency of a multiply-add times its throughput; locals, so that they stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float MultiplyAdds(int steps)
    {
        var (x, y) = (Vector256.Create(0.999f), Vector256.Create(1e-3f));
        Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (var step = 0; step < steps; step++)
        {
            (a, b, c) = (Vector256.FusedMultiplyAdd(a, x, y), Vector256.FusedMultiplyAdd(b, x, y), Vector256.FusedMultiplyAdd(c, x, y));
            (d, e, f) = (Vector256.FusedMultiplyAdd(d, x, y), Vector256.FusedMultiplyAdd(e, x, y), Vector256.FusedMultiplyAdd(f, x, y));
            (g, h, i) = (Vector256.FusedMultiplyAdd(g, x, y), Vector256.FusedMultiplyAdd(h, x, y), Vector256.FusedMultiplyAdd(i, x, y));
            (j, k, l) = (Vector256.FusedMultiplyAdd(j, x, y), Vector256.FusedMultiplyAdd(k, x, y), Vector256.FusedMultiplyAdd(l, x, y));
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
