using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Copies operands of a product into the order in which <see cref="Microkernel"/> reads them: the right one in panels of 16 columns.</summary>
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

        var k0 = Sse.IsSupported && stepK == 1 && columns == Width ? PackTransposed(source, stepJ, depth, panel) : 0;
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

    /// <summary>Copies the columns of a transposed left operand into tiles, one after another, each step of the sum as wide as its tile.</summary>
    public static void PackTiles(float* source, nint stepK, nint depth, int rows, float* target)
    {
        for (var m = 0; m < rows;)
        {
            var tile = Microkernel.NextRows(rows - m);
            var from = source + m;
            for (nint k = 0; k < depth; k++, from += stepK, target += tile)
            {
                var r = 0;
                for (; r <= tile - 4; r += 4)
                {
                    Vector128.Load(from + r).Store(target + r);
                }

                for (; r < tile; r++)
                {
                    target[r] = from[r];
                }
            }

            m += tile;
        }
    }

    // Squares of 4 x 4; returns how many of the rows are done.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nint PackTransposed(float* source, nint stepJ, nint depth, float* panel)
    {
        var whole = depth & ~3;
        for (var j = 0; j < Width; j += 4, panel += 4, source += 4 * stepJ)
        {
            var target = panel;
            for (nint k = 0; k < whole; k += 4, target += 4 * Width)
            {
                var r0 = Vector128.Load(source + k);
                var r1 = Vector128.Load(source + k + stepJ);
                var r2 = Vector128.Load(source + k + (2 * stepJ));
                var r3 = Vector128.Load(source + k + (3 * stepJ));
                var low01 = Sse.UnpackLow(r0, r1);
                var low23 = Sse.UnpackLow(r2, r3);
                var high01 = Sse.UnpackHigh(r0, r1);
                var high23 = Sse.UnpackHigh(r2, r3);
                Sse.MoveLowToHigh(low01, low23).Store(target);
                Sse.MoveHighToLow(low23, low01).Store(target + Width);
                Sse.MoveLowToHigh(high01, high23).Store(target + (2 * Width));
                Sse.MoveHighToLow(high23, high01).Store(target + (3 * Width));
            }
        }

        return whole;
    }
}
