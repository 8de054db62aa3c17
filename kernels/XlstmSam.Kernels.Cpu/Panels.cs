using System.Diagnostics;
using System.Runtime.Intrinsics;

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

        for (nint k = 0; k < depth; k++, source += stepK, panel += Width)
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
}
