using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// C[r, j] = Σ_g Σ_k A[r, (g, k)] B[(g, k), j], or C += it, for some rows and 16 columns, or 32 from two panels, in tiles below one another. The
/// sum starts at zero in registers, so a long product is a sum of blocks. The largest tile is what the registers hold: 6 rows of two with 8
/// floats, or 12 rows of two with 16.
/// One generic body serves all row counts and register widths; an element's sum is the same in each.
/// </summary>
internal static unsafe partial class Microkernel
{
    public const int Columns = 16;
    public const int MostRows = 12;

    /// <summary>Panels that the widest tile spans: callers hand over so many at a time.</summary>
    public static readonly int PanelsOfTile = Vector512.IsHardwareAccelerated ? 2 : 1;

    public static readonly int Rows = Vector512.IsHardwareAccelerated ? MostRows : 6;

    /// <summary>
    /// How many of the remaining rows the next tile takes: <see cref="Rows"/>, and even shares of the last two tiles, since tiles of one or two rows are slow.
    /// </summary>
    public static int NextRows(int remaining) => remaining >= 2 * Rows ? Rows : remaining > Rows ? (remaining + 1) / 2 : remaining;

    /// <param name="rows">Any number: tiles of <see cref="NextRows"/> below one another.</param>
    /// <param name="columns">1 to 32 columns of C are written; each panel of B must have 16 readable columns.</param>
    public static void Run(in TileOperands operands, int rows, int columns, float* c, nint ldc, bool add)
    {
        Debug.Assert(columns is > 0 and <= 2 * Columns, "A tile has one or two panels.");
        if (Vector512.IsHardwareAccelerated && columns == 2 * Columns)
        {
            Dispatch<Vector512Math, Vector512<float>, Two>(operands, rows, c, ldc, add);
        }
        else if (columns > Columns)
        {
            Run(operands, rows, Columns, c, ldc, add);
            Run(operands with { B = operands.B + operands.NextPanel }, rows, columns - Columns, c + Columns, ldc, add);
        }
        else if (columns is Columns or Columns / 2)
        {
            Panel(operands, rows, columns == Columns, c, ldc, add);
        }
        else
        {
            Narrow(operands, rows, columns, c, ldc, add);
        }
    }

    private static void Panel(in TileOperands operands, int rows, bool wide, float* c, nint ldc, bool add)
    {
        if (Vector512.IsHardwareAccelerated && wide)
        {
            Dispatch<Vector512Math, Vector512<float>, One>(operands, rows, c, ldc, add);
        }
        else if (Vector256.IsHardwareAccelerated && wide)
        {
            Dispatch<Vector256Math, Vector256<float>, Two>(operands, rows, c, ldc, add);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Dispatch<Vector256Math, Vector256<float>, One>(operands, rows, c, ldc, add);
        }
        else
        {
            Dispatch<Vector128Math, Vector128<float>, Two>(operands, rows, c, ldc, add);
            if (wide)
            {
                var right = operands with { B = operands.B + (Columns / 2) };
                Dispatch<Vector128Math, Vector128<float>, Two>(right, rows, c + (Columns / 2), ldc, add);
            }
        }
    }

    // Columns that fill no vector: tiles go through the stack.
    [SkipLocalsInit]
    private static void Narrow(TileOperands operands, int rows, int columns, float* c, nint ldc, bool add)
    {
        var tile = stackalloc float[MostRows * Columns];
        while (rows > 0)
        {
            var count = NextRows(rows);
            Panel(operands, count, columns > Columns / 2, tile, Columns, false);
            for (var r = 0; r < count; r++, c += ldc)
            {
                for (var j = 0; j < columns; j++)
                {
                    c[j] = tile[(r * Columns) + j] + (add ? c[j] : 0);
                }
            }

            operands.A += count * (operands.IsPacked ? operands.Length : operands.RowStride);
            rows -= count;
        }
    }

    private static void Dispatch<T, TVector, TWidth>(TileOperands operands, int rows, float* c, nint ldc, bool add)
        where T : struct, IVectorMath<TVector>
        where TVector : struct
        where TWidth : struct, ICount
    {
        while (rows > 0)
        {
            var size = NextRows(rows);
            var tiles = EqualTiles(rows);
            Dispatch<T, TVector, TWidth>(operands, size, tiles, c, ldc, add);
            operands.A += tiles * size * (operands.IsPacked ? operands.Length : operands.RowStride);
            c += tiles * size * ldc;
            rows -= tiles * size;
        }
    }

    // How many tiles, with the next one, have its number of rows.
    private static int EqualTiles(int remaining) =>
        remaining >= 2 * Rows ? (remaining / Rows) - (remaining % Rows == 0 ? 0 : 1) : remaining > Rows && remaining % 2 == 0 ? 2 : 1;

    private static void Dispatch<T, TVector, TWidth>(in TileOperands operands, int rows, int tiles, float* c, nint ldc, bool add)
        where T : struct, IVectorMath<TVector>
        where TVector : struct
        where TWidth : struct, ICount
    {
        switch (rows)
        {
            case 1: Tiles<T, TVector, TWidth, Rows1>(operands, tiles, c, ldc, add); break;
            case 2: Tiles<T, TVector, TWidth, Rows2>(operands, tiles, c, ldc, add); break;
            case 3: Tiles<T, TVector, TWidth, Rows3>(operands, tiles, c, ldc, add); break;
            case 4: Tiles<T, TVector, TWidth, Rows4>(operands, tiles, c, ldc, add); break;
            case 5: Tiles<T, TVector, TWidth, Rows5>(operands, tiles, c, ldc, add); break;
            case 6: Tiles<T, TVector, TWidth, Rows6>(operands, tiles, c, ldc, add); break;
            case 7: Tiles<T, TVector, TWidth, Rows7>(operands, tiles, c, ldc, add); break;
            case 8: Tiles<T, TVector, TWidth, Rows8>(operands, tiles, c, ldc, add); break;
            case 9: Tiles<T, TVector, TWidth, Rows9>(operands, tiles, c, ldc, add); break;
            case 10: Tiles<T, TVector, TWidth, Rows10>(operands, tiles, c, ldc, add); break;
            case 11: Tiles<T, TVector, TWidth, Rows11>(operands, tiles, c, ldc, add); break;
            case 12: Tiles<T, TVector, TWidth, Rows12>(operands, tiles, c, ldc, add); break;
        }
    }
}
