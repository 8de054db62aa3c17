using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// One tile of the transposed score matrix: a row per key, a column per query, columns padded to whole vectors. A softmax over keys then runs
/// down the columns, eight queries at a time, and needs no sum across a register.
/// </summary>
internal static unsafe class AttentionTile
{
    public const int Queries = 64;
    public const int Keys = 64;

    /// <summary>
    /// One step of the running softmax: scores become exp(scale score - max), the running maximum and sum move on. keep is what the sums
    /// collected before are worth at the higher maximum.
    /// </summary>
    public static void Softmax(float* scores, int keys, int queries, float scale, float* max, float* sum, float* keep)
    {
        var factor = Vector256.Create(scale);
        for (var q = 0; q < queries; q += 8)
        {
            var before = Vector256.Load(max + q);
            var highest = before;
            for (var k = 0; k < keys; k++)
            {
                highest = Vector256.MaxNative(highest, factor * Vector256.Load(scores + (k * queries) + q));
            }

            var total = Vector256<float>.Zero;
            for (var k = 0; k < keys; k++)
            {
                total += Exponentiate(scores + (k * queries) + q, factor, highest);
            }

            var kept = VectorLane.Exp(new(before - highest)).Value;
            highest.Store(max + q);
            kept.Store(keep + q);
            Vector256.MultiplyAddEstimate(Vector256.Load(sum + q), kept, total).Store(sum + q);
        }
    }

    /// <summary>scores becomes P = exp(scale score - logSumExp), dscores becomes dS = P (dP - delta) with delta = dy·y per query.</summary>
    public static void Differentiate(float* scores, float* dscores, int keys, int queries, float scale, float* logSumExp, float* delta)
    {
        var factor = Vector256.Create(scale);
        for (var q = 0; q < queries; q += 8)
        {
            var (total, shift) = (Vector256.Load(logSumExp + q), Vector256.Load(delta + q));
            for (var k = 0; k < keys; k++)
            {
                var at = (k * queries) + q;
                (Exponentiate(scores + at, factor, total) * (Vector256.Load(dscores + at) - shift)).Store(dscores + at);
            }
        }
    }

    private static Vector256<float> Exponentiate(float* scores, Vector256<float> scale, Vector256<float> shift)
    {
        var e = VectorLane.Exp(new(Vector256.MultiplyAddEstimate(Vector256.Load(scores), scale, -shift))).Value;
        e.Store(scores);
        return e;
    }
}
