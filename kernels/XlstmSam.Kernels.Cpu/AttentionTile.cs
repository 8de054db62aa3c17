using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>One tile of the score matrix: (rows, columns), rows padded to whole vectors.</summary>
internal static unsafe class AttentionTile
{
    public const int Rows = 64;
    public const int Columns = 64;

    /// <summary>
    /// One step of the running softmax: scores become exp(score - max), the running maximum and sum move on, and the sums collected
    /// so far are scaled to the higher maximum.
    /// </summary>
    public static void Softmax(float* scores, int rows, int columns, float* max, float* sum, float* collected, int width)
    {
        for (var r = 0; r < rows; r++, scores += Columns, collected += width)
        {
            var highest = MathF.Max(max[r], Highest(scores, columns));
            var keep = MathF.Exp(max[r] - highest);
            sum[r] = (sum[r] * keep) + Exponentiate(scores, columns, highest);
            max[r] = highest;
            var factor = Vector256.Create(keep);
            for (var c = 0; c < width && keep != 1; c += 8)
            {
                (factor * Vector256.Load(collected + c)).Store(collected + c);
            }
        }
    }

    /// <summary>scores becomes P = exp(score - logSumExp), dscores becomes dS = P (dP - delta) with delta = dy·y per row.</summary>
    public static void Differentiate(float* scores, float* dscores, int rows, int columns, float* logSumExp, float* delta)
    {
        for (var r = 0; r < rows; r++, scores += Columns, dscores += Columns)
        {
            Exponentiate(scores, columns, logSumExp[r]);
            var shift = Vector256.Create(delta[r]);
            for (var c = 0; c < columns; c += 8)
            {
                (Vector256.Load(scores + c) * (Vector256.Load(dscores + c) - shift)).Store(dscores + c);
            }
        }
    }

    private static float Highest(float* scores, int columns)
    {
        var lanes = Vector256.Create(float.NegativeInfinity);
        var c = 0;
        for (; c + 8 <= columns; c += 8)
        {
            lanes = Vector256.Max(lanes, Vector256.Load(scores + c));
        }

        var highest = float.NegativeInfinity;
        for (var lane = 0; lane < 8; lane++)
        {
            highest = MathF.Max(highest, lanes[lane]);
        }

        for (; c < columns; c++)
        {
            highest = MathF.Max(highest, scores[c]);
        }

        return highest;
    }

    /// <summary>scores = exp(scores - shift), zero in the padding; returns their sum.</summary>
    private static float Exponentiate(float* scores, int columns, float shift)
    {
        var sum = Vector256<float>.Zero;
        for (var c = 0; c < columns; c += 8)
        {
            var e = VectorLane.Exp(new(Vector256.Load(scores + c) - Vector256.Create(shift))).Value;
            if (columns - c < 8)
            {
                e &= Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(columns - c)).AsSingle();
            }

            e.Store(scores + c);
            sum += e;
        }

        return Vector256.Sum(sum);
    }
}
