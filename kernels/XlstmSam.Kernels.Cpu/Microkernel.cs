using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Where the operands of one register tile lie: A[r, (g, k)] = A[Groups[g] + r RowStride + k StepA] and
/// B[(g, k), j] = B[(g Length + k) StepB + j]. Both layouts of a matrix, rows of a volume and pixels of a gradient fit this form.
/// </summary>
internal unsafe struct TileOperands
{
    public float* A;
    public nint RowStride;
    public nint StepA;
    public nint* Groups;
    public int GroupCount;
    public nint Length;
    public float* B;
    public nint StepB;

    /// <summary>From a panel of 16 columns of B to the next, where a tile spans two.</summary>
    public nint NextPanel;

    /// <summary>A was copied by <see cref="Panels.PackTiles"/>, which says where its rows are: neither RowStride nor StepA does.</summary>
    public bool IsPacked;
}

/// <summary>
/// C[r, j] = Σ_g Σ_k A[r, (g, k)] B[(g, k), j], or C += it, for some rows and 16 columns, or 32 from two panels, in tiles below one another. The
/// sum starts at zero in registers, so a long product is a sum of blocks. The largest tile is what the registers hold: 6 rows of two with 8
/// floats, or 12 rows of two with 16.
/// One generic body serves all row counts and register widths; an element's sum is the same in each.
/// </summary>
internal static unsafe class Microkernel
{
    public const int Columns = 16;
    public const int MostRows = 12;

    /// <summary>Panels that the widest tile spans: callers hand over so many at a time.</summary>
    public static readonly int PanelsOfTile = Vector512.IsHardwareAccelerated ? 2 : 1;

    public static readonly int Rows = Vector512.IsHardwareAccelerated ? MostRows : 6;

    /// <summary>How many of the remaining rows the next tile takes: <see cref="Rows"/>, and even shares of the last two tiles, since tiles of one or two rows are slow.</summary>
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

    // The conditions on TRows and TWidth are constants of each instantiation: the untaken branches and their registers disappear.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles<T, TVector, TWidth, TRows>(in TileOperands operands, int tiles, float* c, nint ldc, bool add)
        where T : struct, IVectorMath<TVector>
        where TVector : struct
        where TWidth : struct, ICount
        where TRows : struct, ICount
    {
        var second = T.Count == Columns ? operands.NextPanel : T.Count;
        var (stepB, length) = (operands.StepB, operands.Length);
        var (row, stepA) = operands.IsPacked ? (1, TRows.Value) : (operands.RowStride, operands.StepA);
        var (row2, next) = (2 * row, TRows.Value * (operands.IsPacked ? length : row));
        var a = operands.A;
        for (; tiles > 0; tiles--, a += next, c += TRows.Value * ldc)
        {
            TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
            TVector a6 = default, a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
            TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
            TVector b6 = default, b7 = default, b8 = default, b9 = default, b10 = default, b11 = default;
            var b = operands.B;
            for (var g = 0; g < operands.GroupCount; g++)
            {
                var p = a + operands.Groups[g];
                var q = p + row2 + row;
                var s = q + row2 + row;
                var t = s + row2 + row;
                for (var k = length; k > 0; k--)
                {
                    var (w0, w1) = (T.Load(b), TWidth.Value > 1 ? T.Load(b + second) : default);
                    Step<T, TVector, TWidth>(p, w0, w1, ref a0, ref b0);
                    if (TRows.Value > 1)
                    {
                        Step<T, TVector, TWidth>(p + row, w0, w1, ref a1, ref b1);
                    }

                    if (TRows.Value > 2)
                    {
                        Step<T, TVector, TWidth>(p + row2, w0, w1, ref a2, ref b2);
                    }

                    if (TRows.Value > 3)
                    {
                        Step<T, TVector, TWidth>(q, w0, w1, ref a3, ref b3);
                    }

                    if (TRows.Value > 4)
                    {
                        Step<T, TVector, TWidth>(q + row, w0, w1, ref a4, ref b4);
                    }

                    if (TRows.Value > 5)
                    {
                        Step<T, TVector, TWidth>(q + row2, w0, w1, ref a5, ref b5);
                    }

                    if (TRows.Value > 6)
                    {
                        Step<T, TVector, TWidth>(s, w0, w1, ref a6, ref b6);
                    }

                    if (TRows.Value > 7)
                    {
                        Step<T, TVector, TWidth>(s + row, w0, w1, ref a7, ref b7);
                    }

                    if (TRows.Value > 8)
                    {
                        Step<T, TVector, TWidth>(s + row2, w0, w1, ref a8, ref b8);
                    }

                    if (TRows.Value > 9)
                    {
                        Step<T, TVector, TWidth>(t, w0, w1, ref a9, ref b9);
                    }

                    if (TRows.Value > 10)
                    {
                        Step<T, TVector, TWidth>(t + row, w0, w1, ref a10, ref b10);
                    }

                    if (TRows.Value > 11)
                    {
                        Step<T, TVector, TWidth>(t + row2, w0, w1, ref a11, ref b11);
                    }

                    p += stepA;
                    q += stepA;
                    b += stepB;
                    if (TRows.Value > 6)
                    {
                        s += stepA;
                        t += stepA;
                    }
                }
            }

            Finish<T, TVector, TWidth>(c, a0, b0, add);
            if (TRows.Value > 1)
            {
                Finish<T, TVector, TWidth>(c + ldc, a1, b1, add);
            }

            if (TRows.Value > 2)
            {
                Finish<T, TVector, TWidth>(c + (2 * ldc), a2, b2, add);
            }

            if (TRows.Value > 3)
            {
                Finish<T, TVector, TWidth>(c + (3 * ldc), a3, b3, add);
            }

            if (TRows.Value > 4)
            {
                Finish<T, TVector, TWidth>(c + (4 * ldc), a4, b4, add);
            }

            if (TRows.Value > 5)
            {
                Finish<T, TVector, TWidth>(c + (5 * ldc), a5, b5, add);
            }

            if (TRows.Value > 6)
            {
                Finish<T, TVector, TWidth>(c + (6 * ldc), a6, b6, add);
            }

            if (TRows.Value > 7)
            {
                Finish<T, TVector, TWidth>(c + (7 * ldc), a7, b7, add);
            }

            if (TRows.Value > 8)
            {
                Finish<T, TVector, TWidth>(c + (8 * ldc), a8, b8, add);
            }

            if (TRows.Value > 9)
            {
                Finish<T, TVector, TWidth>(c + (9 * ldc), a9, b9, add);
            }

            if (TRows.Value > 10)
            {
                Finish<T, TVector, TWidth>(c + (10 * ldc), a10, b10, add);
            }

            if (TRows.Value > 11)
            {
                Finish<T, TVector, TWidth>(c + (11 * ldc), a11, b11, add);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<T, TVector, TWidth>(float* a, TVector w0, TVector w1, ref TVector sum0, ref TVector sum1)
        where T : struct, IVectorMath<TVector>
        where TVector : struct
        where TWidth : struct, ICount
    {
        var v = T.Of(*a);
        sum0 = T.MultiplyAdd(v, w0, sum0);
        if (TWidth.Value > 1)
        {
            sum1 = T.MultiplyAdd(v, w1, sum1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<T, TVector, TWidth>(float* c, TVector sum0, TVector sum1, bool add)
        where T : struct, IVectorMath<TVector>
        where TVector : struct
        where TWidth : struct, ICount
    {
        T.Store(add ? T.Add(sum0, T.Load(c)) : sum0, c);
        if (TWidth.Value > 1)
        {
            T.Store(add ? T.Add(sum1, T.Load(c + T.Count)) : sum1, c + T.Count);
        }
    }

    private interface ICount
    {
        static abstract int Value { get; }
    }

    private readonly struct One : ICount
    {
        public static int Value => 1;
    }

    private readonly struct Two : ICount
    {
        public static int Value => 2;
    }

    private readonly struct Rows1 : ICount
    {
        public static int Value => 1;
    }

    private readonly struct Rows2 : ICount
    {
        public static int Value => 2;
    }

    private readonly struct Rows3 : ICount
    {
        public static int Value => 3;
    }

    private readonly struct Rows4 : ICount
    {
        public static int Value => 4;
    }

    private readonly struct Rows5 : ICount
    {
        public static int Value => 5;
    }

    private readonly struct Rows6 : ICount
    {
        public static int Value => 6;
    }

    private readonly struct Rows7 : ICount
    {
        public static int Value => 7;
    }

    private readonly struct Rows8 : ICount
    {
        public static int Value => 8;
    }

    private readonly struct Rows9 : ICount
    {
        public static int Value => 9;
    }

    private readonly struct Rows10 : ICount
    {
        public static int Value => 10;
    }

    private readonly struct Rows11 : ICount
    {
        public static int Value => 11;
    }

    private readonly struct Rows12 : ICount
    {
        public static int Value => 12;
    }
}
