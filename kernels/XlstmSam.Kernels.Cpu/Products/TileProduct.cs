using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Products of tiles that fit in the cache: c (m, n) = or += a (m, k) b (k, n). Rows of b and c are contiguous, those of b in whole panels
/// unless n is a multiple of 8; a is read by strides, so it may be a transposed tile or a strided operand.
/// </summary>
internal static unsafe class TileProduct
{
    public static void Multiply(
        float* c, long cWidth, float* a, long aRow, long aColumn, float* b, long bWidth, int m, int n, int k, bool add = false, RowPrefetch* ahead = null)
    {
        Debug.Assert(bWidth >= (n % 8 == 0 ? n : Panels.Count(n) * Panels.Width), "Tiles are padded to whole vectors.");
        nint origin = 0;
        var operands = new TileOperands
        {
            A = a,
            RowStride = (nint)aRow,
            StepA = (nint)aColumn,
            Groups = &origin,
            GroupCount = 1,
            Length = k,
            StepB = (nint)bWidth,
            NextPanel = Microkernel.Columns,
        };
        for (var column = 0; column < n; column += Microkernel.PanelsOfTile * Microkernel.Columns)
        {
            operands.B = b + column;
            var columns = Math.Min(Microkernel.PanelsOfTile * Microkernel.Columns, n - column);
            Microkernel.Run(operands, m, columns, c + column, (nint)cWidth, add);
            if (ahead is not null)
            {
                ahead->FetchSome();
            }
        }
    }
}
