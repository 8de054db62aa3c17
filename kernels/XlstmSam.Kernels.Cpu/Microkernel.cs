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
}

/// <summary>
/// C[r, j] = Σ_g Σ_k A[r, (g, k)] B[(g, k), j], or C += it, for up to <see cref="Rows"/> rows and 16 columns. The sum starts at zero in
/// registers, so a long product is a sum of blocks. Twelve sums are in registers: 6 rows of two 8-float registers, or 12 of one with 16.
/// One generic body serves all row counts and register widths; an element's sum is the same in each.
/// </summary>
internal static unsafe class Microkernel
{
    public const int Columns = 16;
    public const int MostRows = 12;

    public static readonly int Rows = Vector512.IsHardwareAccelerated ? MostRows : 6;

    /// <summary>How many of the remaining rows the next tile takes: <see cref="Rows"/>, and even shares of the last two tiles, since tiles of one or two rows are slow.</summary>
    public static int NextRows(int remaining) => remaining >= 2 * Rows ? Rows : remaining > Rows ? (remaining + 1) / 2 : remaining;

    /// <param name="columns">1 to 16 columns of C are written; B must have 16 readable columns.</param>
    [SkipLocalsInit]
    public static void Run(in TileOperands operands, int rows, int columns, float* c, nint ldc, bool add)
    {
        Debug.Assert(rows > 0 && rows <= Rows && columns is > 0 and <= Columns);
        if (columns is Columns or Columns / 2)
        {
            Dispatch(operands, rows, columns == Columns, c, ldc, add);
            return;
        }

        var tile = stackalloc float[MostRows * Columns];
        Dispatch(operands, rows, columns > Columns / 2, tile, Columns, false);
        for (var r = 0; r < rows; r++)
        {
            for (var j = 0; j < columns; j++)
            {
                c[(r * ldc) + j] = tile[(r * Columns) + j] + (add ? c[(r * ldc) + j] : 0);
            }
        }
    }

    private static void Dispatch(in TileOperands operands, int rows, bool wide, float* c, nint ldc, bool add)
    {
        if (Vector512.IsHardwareAccelerated && wide)
        {
            Dispatch<Register512, One>(operands, rows, c, ldc, add);
        }
        else if (Vector256.IsHardwareAccelerated && wide)
        {
            Dispatch<Register256, Two>(operands, rows, c, ldc, add);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Dispatch<Register256, One>(operands, rows, c, ldc, add);
        }
        else
        {
            Dispatch<Register128, Two>(operands, rows, c, ldc, add);
            if (wide)
            {
                var right = operands with { B = operands.B + (Columns / 2) };
                Dispatch<Register128, Two>(right, rows, c + (Columns / 2), ldc, add);
            }
        }
    }

    private static void Dispatch<T, TWidth>(in TileOperands operands, int rows, float* c, nint ldc, bool add)
        where T : unmanaged, IRegister<T>
        where TWidth : struct, ICount
    {
        switch (rows)
        {
            case 1: Tile<T, TWidth, Rows1>(operands, c, ldc, add); break;
            case 2: Tile<T, TWidth, Rows2>(operands, c, ldc, add); break;
            case 3: Tile<T, TWidth, Rows3>(operands, c, ldc, add); break;
            case 4: Tile<T, TWidth, Rows4>(operands, c, ldc, add); break;
            case 5: Tile<T, TWidth, Rows5>(operands, c, ldc, add); break;
            case 6: Tile<T, TWidth, Rows6>(operands, c, ldc, add); break;
            case 7: Tile<T, TWidth, Rows7>(operands, c, ldc, add); break;
            case 8: Tile<T, TWidth, Rows8>(operands, c, ldc, add); break;
            case 9: Tile<T, TWidth, Rows9>(operands, c, ldc, add); break;
            case 10: Tile<T, TWidth, Rows10>(operands, c, ldc, add); break;
            case 11: Tile<T, TWidth, Rows11>(operands, c, ldc, add); break;
            case 12: Tile<T, TWidth, Rows12>(operands, c, ldc, add); break;
        }
    }

    // The conditions on TRows and TWidth are constants of each instantiation: the untaken branches and their registers disappear.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<T, TWidth, TRows>(in TileOperands operands, float* c, nint ldc, bool add)
        where T : unmanaged, IRegister<T>
        where TWidth : struct, ICount
        where TRows : struct, ICount
    {
        T a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        T a6 = default, a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
        T b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, none = default;
        var b = operands.B;
        var (row, row2, stepA, stepB, length) = (operands.RowStride, 2 * operands.RowStride, operands.StepA, operands.StepB, operands.Length);
        for (var g = 0; g < operands.GroupCount; g++)
        {
            var p = operands.A + operands.Groups[g];
            var q = p + row2 + row;
            var s = q + row2 + row;
            var t = s + row2 + row;
            for (var k = length; k > 0; k--)
            {
                var (w0, w1) = (T.Load(b), TWidth.Value > 1 ? T.Load(b + T.Count) : default);
                Step<T, TWidth>(p, w0, w1, ref a0, ref b0);
                if (TRows.Value > 1)
                {
                    Step<T, TWidth>(p + row, w0, w1, ref a1, ref b1);
                }

                if (TRows.Value > 2)
                {
                    Step<T, TWidth>(p + row2, w0, w1, ref a2, ref b2);
                }

                if (TRows.Value > 3)
                {
                    Step<T, TWidth>(q, w0, w1, ref a3, ref b3);
                }

                if (TRows.Value > 4)
                {
                    Step<T, TWidth>(q + row, w0, w1, ref a4, ref b4);
                }

                if (TRows.Value > 5)
                {
                    Step<T, TWidth>(q + row2, w0, w1, ref a5, ref b5);
                }

                if (TRows.Value > 6)
                {
                    Step<T, TWidth>(s, w0, w1, ref a6, ref none);
                }

                if (TRows.Value > 7)
                {
                    Step<T, TWidth>(s + row, w0, w1, ref a7, ref none);
                }

                if (TRows.Value > 8)
                {
                    Step<T, TWidth>(s + row2, w0, w1, ref a8, ref none);
                }

                if (TRows.Value > 9)
                {
                    Step<T, TWidth>(t, w0, w1, ref a9, ref none);
                }

                if (TRows.Value > 10)
                {
                    Step<T, TWidth>(t + row, w0, w1, ref a10, ref none);
                }

                if (TRows.Value > 11)
                {
                    Step<T, TWidth>(t + row2, w0, w1, ref a11, ref none);
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

        Finish<T, TWidth>(c, a0, b0, add);
        if (TRows.Value > 1)
        {
            Finish<T, TWidth>(c + ldc, a1, b1, add);
        }

        if (TRows.Value > 2)
        {
            Finish<T, TWidth>(c + (2 * ldc), a2, b2, add);
        }

        if (TRows.Value > 3)
        {
            Finish<T, TWidth>(c + (3 * ldc), a3, b3, add);
        }

        if (TRows.Value > 4)
        {
            Finish<T, TWidth>(c + (4 * ldc), a4, b4, add);
        }

        if (TRows.Value > 5)
        {
            Finish<T, TWidth>(c + (5 * ldc), a5, b5, add);
        }

        if (TRows.Value > 6)
        {
            Finish<T, TWidth>(c + (6 * ldc), a6, none, add);
        }

        if (TRows.Value > 7)
        {
            Finish<T, TWidth>(c + (7 * ldc), a7, none, add);
        }

        if (TRows.Value > 8)
        {
            Finish<T, TWidth>(c + (8 * ldc), a8, none, add);
        }

        if (TRows.Value > 9)
        {
            Finish<T, TWidth>(c + (9 * ldc), a9, none, add);
        }

        if (TRows.Value > 10)
        {
            Finish<T, TWidth>(c + (10 * ldc), a10, none, add);
        }

        if (TRows.Value > 11)
        {
            Finish<T, TWidth>(c + (11 * ldc), a11, none, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<T, TWidth>(float* a, T w0, T w1, ref T sum0, ref T sum1)
        where T : unmanaged, IRegister<T>
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
    private static void Finish<T, TWidth>(float* c, T sum0, T sum1, bool add)
        where T : unmanaged, IRegister<T>
        where TWidth : struct, ICount
    {
        (add ? sum0 + T.Load(c) : sum0).Store(c);
        if (TWidth.Value > 1)
        {
            (add ? sum1 + T.Load(c + T.Count) : sum1).Store(c + T.Count);
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
