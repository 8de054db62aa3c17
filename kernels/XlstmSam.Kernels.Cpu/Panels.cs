using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Copies the right operand of a product into panels of 16 columns, row after row: what <see cref="Microkernel"/> streams.</summary>
internal static unsafe class Panels
{
    public const int Width = Microkernel.Columns;

    public static int Count(int columns) => (columns + Width - 1) / Width;

    /// <summary>panel[k, j] = source[k stepK + j stepJ] for k below depth and j below columns; zeros up to column 16.</summary>
    public static void Pack(float* source, nint stepK, nint stepJ, nint depth, int columns, float* panel)
    {
        Debug.Assert(columns is > 0 and <= Width);
        if (stepJ == 1 && columns == Width)
        {
            for (nint k = 0; k < depth; k++, source += stepK, panel += Width)
            {
                Vector256.Load(source).Store(panel);
                Vector256.Load(source + 8).Store(panel + 8);
            }

            return;
        }

        var k0 = stepK == 1 && columns == Width ? PackTransposed(source, stepJ, depth, panel) : 0;
        source += k0 * stepK;
        panel += k0 * Width;
        for (var k = k0; k < depth; k++, source += stepK, panel += Width)
        {
            for (var j = 0; j < columns; j++)
            {
                panel[j] = source[j * stepJ];
            }

            for (var j = columns; j < Width; j++)
            {
                panel[j] = 0;
            }
        }
    }

    // Squares of 4 x 4; returns how many of the rows are done.
    private static nint PackTransposed(float* source, nint stepJ, nint depth, float* panel)
    {
        nint k = 0;
        for (; k <= depth - 4; k += 4, source += 4, panel += 4 * Width)
        {
            for (var j = 0; j < Width; j += 4)
            {
                var corner = source + (j * stepJ);
                var (r0, r1) = (Vector128.Load(corner), Vector128.Load(corner + stepJ));
                var (r2, r3) = (Vector128.Load(corner + (2 * stepJ)), Vector128.Load(corner + (3 * stepJ)));
                var (low01, high01) = (Interleave(r0, r1, high: false), Interleave(r0, r1, high: true));
                var (low23, high23) = (Interleave(r2, r3, high: false), Interleave(r2, r3, high: true));
                Vector128.Create(low01.GetLower(), low23.GetLower()).Store(panel + j);
                Vector128.Create(low01.GetUpper(), low23.GetUpper()).Store(panel + Width + j);
                Vector128.Create(high01.GetLower(), high23.GetLower()).Store(panel + (2 * Width) + j);
                Vector128.Create(high01.GetUpper(), high23.GetUpper()).Store(panel + (3 * Width) + j);
            }
        }

        return k;
    }

    // (a0, b0, a1, b1) or (a2, b2, a3, b3).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Interleave(Vector128<float> a, Vector128<float> b, bool high) => Sse.IsSupported
        ? high ? Sse.UnpackHigh(a, b) : Sse.UnpackLow(a, b)
        : high ? Vector128.Create(a[2], b[2], a[3], b[3]) : Vector128.Create(a[0], b[0], a[1], b[1]);
}
