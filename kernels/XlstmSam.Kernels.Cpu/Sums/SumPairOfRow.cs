using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>The pair of sums over one contiguous run: in float over blocks of at most 4,096 terms per lane, in double over the blocks.</summary>
internal static unsafe class SumPairOfRow
{
    private const int Lanes = 8;
    private const long LongestBlock = 4096 * Lanes;

    /// <summary>Elements [start, start + count); the first stands in column 0.</summary>
    public static (double First, double Second) Of<TTerms>(TTerms terms, long start, long count)
        where TTerms : struct, ISumTerms
    {
        double first = 0, second = 0;
        long i = 0;
        while (i + Lanes <= count)
        {
            var end = Math.Min(count - Lanes, i + LongestBlock - Lanes);
            VectorLane a0 = default, a1 = default, b0 = default, b1 = default;
            for (; i + Lanes <= end; i += 2 * Lanes)
            {
                terms.At<VectorLane>(start + i, i, out var a, out var b);
                a0 += a;
                b0 += b;
                terms.At<VectorLane>(start + i + Lanes, i + Lanes, out a, out b);
                a1 += a;
                b1 += b;
            }

            if (i <= end)
            {
                terms.At<VectorLane>(start + i, i, out var a, out var b);
                a0 += a;
                b0 += b;
                i += Lanes;
            }

            first += Sum(a0) + Sum(a1);
            second += Sum(b0) + Sum(b1);
        }

        for (; i < count; i++)
        {
            terms.At<ScalarLane>(start + i, i, out var a, out var b);
            first += a.Value;
            second += b.Value;
        }

        return (first, second);
    }

    private static double Sum(VectorLane lanes)
    {
        var (low, high) = Vector256.Widen(lanes.Value);
        return Vector256.Sum(low + high);
    }
}
