using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>The register tile of <see cref="Microkernel"/> with sums in double: half its lanes, for panels that are not full anyway.</summary>
internal static unsafe class MicrokernelInDouble
{
    /// <summary>sums[r, j] = Σ_g Σ_k A[r, (g, k)] B[(g, k), j] for all 16 columns of B.</summary>
    public static void Run(in TileOperands operands, int rows, int columns, double* sums)
    {
        for (var r = 0; r < rows; r += 2)
        {
            // An odd last row is computed twice and stored once.
            var first = operands.A + (r * operands.RowStride);
            var second = r + 1 < rows ? first + operands.RowStride : first;
            var target = sums + (r * Panels.Width);
            if (columns > Panels.Width / 2)
            {
                Pair(operands, first, second, 8, target + 8, r + 1 < rows);
            }

            Pair(operands, first, second, 0, target, r + 1 < rows);
        }
    }

    // Two rows by eight columns: products of floats are exact in double, so only the additions round.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pair(in TileOperands operands, float* first, float* second, int column, double* target, bool both)
    {
        Vector256<double> a0 = default, a1 = default, b0 = default, b1 = default;
        var weight = operands.B + column;
        for (var g = 0; g < operands.GroupCount; g++)
        {
            var (p, q) = ((nint)(first + operands.Groups[g]), (nint)(second + operands.Groups[g]));
            for (var k = operands.Length; k > 0; k--)
            {
                var (w0, w1) = Vector256.Widen(Vector256.Load(weight));
                var (x, y) = (Vector256.Create((double)*(float*)p), Vector256.Create((double)*(float*)q));
                a0 = Vector256.MultiplyAddEstimate(x, w0, a0);
                a1 = Vector256.MultiplyAddEstimate(x, w1, a1);
                b0 = Vector256.MultiplyAddEstimate(y, w0, b0);
                b1 = Vector256.MultiplyAddEstimate(y, w1, b1);
                p += operands.StepA * sizeof(float);
                q += operands.StepA * sizeof(float);
                weight += operands.StepB;
            }
        }

        a0.Store(target);
        a1.Store(target + 4);
        if (both)
        {
            b0.Store(target + Panels.Width);
            b1.Store(target + Panels.Width + 4);
        }
    }
}
