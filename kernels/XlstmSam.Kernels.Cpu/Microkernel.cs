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
/// C[r, j] = Σ_g Σ_k A[r, (g, k)] B[(g, k), j], or C += it, for up to 6 rows and 16 columns. The sum starts at zero in registers, so a
/// long product is a sum of blocks. 6 x 2 registers are what 16 hold: 12 sums, 2 of B, 1 of A. One generic body serves all row counts and
/// both register widths; without 256-bit registers a tile of 16 columns is two of 8.
/// </summary>
internal static unsafe class Microkernel
{
    public const int Rows = 6;
    public const int Columns = 16;

    /// <summary>How many of the remaining rows the next tile takes: six, and near the end even shares, since tiles of one or two are slow.</summary>
    public static int NextRows(int remaining)
    {
        var tiles = (remaining + Rows - 1) / Rows;
        return (remaining + tiles - 1) / tiles;
    }

    /// <param name="columns">1 to 16 columns of C are written; B must have 16 readable columns.</param>
    [SkipLocalsInit]
    public static void Run(in TileOperands operands, int rows, int columns, float* c, nint ldc, bool add)
    {
        Debug.Assert(rows is > 0 and <= Rows && columns is > 0 and <= Columns);
        if (columns is Columns or Columns / 2)
        {
            Dispatch(operands, rows, columns == Columns, c, ldc, add);
            return;
        }

        var tile = stackalloc float[Rows * Columns];
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
        if (Vector256.IsHardwareAccelerated)
        {
            Dispatch<Vector256<float>, Register256>(operands, rows, wide, c, ldc, add);
            return;
        }

        Dispatch<Vector128<float>, Register128>(operands, rows, true, c, ldc, add);
        if (wide)
        {
            var right = operands;
            right.B += Columns / 2;
            Dispatch<Vector128<float>, Register128>(right, rows, true, c + (Columns / 2), ldc, add);
        }
    }

    private static void Dispatch<TVector, TRegister>(in TileOperands operands, int rows, bool wide, float* c, nint ldc, bool add)
        where TVector : struct
        where TRegister : struct, IRegister<TVector>
    {
        switch (wide ? rows : -rows)
        {
            case 1: Tile<TVector, TRegister, Rows1, Wide>(operands, c, ldc, add); break;
            case 2: Tile<TVector, TRegister, Rows2, Wide>(operands, c, ldc, add); break;
            case 3: Tile<TVector, TRegister, Rows3, Wide>(operands, c, ldc, add); break;
            case 4: Tile<TVector, TRegister, Rows4, Wide>(operands, c, ldc, add); break;
            case 5: Tile<TVector, TRegister, Rows5, Wide>(operands, c, ldc, add); break;
            case 6: Tile<TVector, TRegister, Rows6, Wide>(operands, c, ldc, add); break;
            case -1: Tile<TVector, TRegister, Rows1, Narrow>(operands, c, ldc, add); break;
            case -2: Tile<TVector, TRegister, Rows2, Narrow>(operands, c, ldc, add); break;
            case -3: Tile<TVector, TRegister, Rows3, Narrow>(operands, c, ldc, add); break;
            case -4: Tile<TVector, TRegister, Rows4, Narrow>(operands, c, ldc, add); break;
            case -5: Tile<TVector, TRegister, Rows5, Narrow>(operands, c, ldc, add); break;
            case -6: Tile<TVector, TRegister, Rows6, Narrow>(operands, c, ldc, add); break;
        }
    }

    // The conditions on TRows and TWidth are constants of each instantiation: the untaken branches and their registers disappear.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TVector, TRegister, TRows, TWidth>(in TileOperands operands, float* c, nint ldc, bool add)
        where TVector : struct
        where TRegister : struct, IRegister<TVector>
        where TRows : struct, ICount
        where TWidth : struct, ICount
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        var b = operands.B;
        var (row, row2, stepA, stepB, length) = (operands.RowStride, 2 * operands.RowStride, operands.StepA, operands.StepB, operands.Length);
        for (var g = 0; g < operands.GroupCount; g++)
        {
            var p = operands.A + operands.Groups[g];
            var q = p + row2 + row;
            for (var k = length; k > 0; k--)
            {
                var (w0, w1) = (TRegister.Load(b), TWidth.Value > 1 ? TRegister.Load(b + TRegister.Width) : default);
                Step<TVector, TRegister, TWidth>(p, w0, w1, ref a0, ref b0);
                if (TRows.Value > 1)
                {
                    Step<TVector, TRegister, TWidth>(p + row, w0, w1, ref a1, ref b1);
                }

                if (TRows.Value > 2)
                {
                    Step<TVector, TRegister, TWidth>(p + row2, w0, w1, ref a2, ref b2);
                }

                if (TRows.Value > 3)
                {
                    Step<TVector, TRegister, TWidth>(q, w0, w1, ref a3, ref b3);
                }

                if (TRows.Value > 4)
                {
                    Step<TVector, TRegister, TWidth>(q + row, w0, w1, ref a4, ref b4);
                }

                if (TRows.Value > 5)
                {
                    Step<TVector, TRegister, TWidth>(q + row2, w0, w1, ref a5, ref b5);
                }

                p += stepA;
                q += stepA;
                b += stepB;
            }
        }

        Finish<TVector, TRegister, TWidth>(c, a0, b0, add);
        if (TRows.Value > 1)
        {
            Finish<TVector, TRegister, TWidth>(c + ldc, a1, b1, add);
        }

        if (TRows.Value > 2)
        {
            Finish<TVector, TRegister, TWidth>(c + (2 * ldc), a2, b2, add);
        }

        if (TRows.Value > 3)
        {
            Finish<TVector, TRegister, TWidth>(c + (3 * ldc), a3, b3, add);
        }

        if (TRows.Value > 4)
        {
            Finish<TVector, TRegister, TWidth>(c + (4 * ldc), a4, b4, add);
        }

        if (TRows.Value > 5)
        {
            Finish<TVector, TRegister, TWidth>(c + (5 * ldc), a5, b5, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TVector, TRegister, TWidth>(float* a, TVector w0, TVector w1, ref TVector sum0, ref TVector sum1)
        where TVector : struct
        where TRegister : struct, IRegister<TVector>
        where TWidth : struct, ICount
    {
        var v = TRegister.Broadcast(*a);
        sum0 = TRegister.MultiplyAdd(v, w0, sum0);
        if (TWidth.Value > 1)
        {
            sum1 = TRegister.MultiplyAdd(v, w1, sum1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TVector, TRegister, TWidth>(float* c, TVector sum0, TVector sum1, bool add)
        where TVector : struct
        where TRegister : struct, IRegister<TVector>
        where TWidth : struct, ICount
    {
        TRegister.Store(add ? TRegister.Add(sum0, TRegister.Load(c)) : sum0, c);
        if (TWidth.Value > 1)
        {
            TRegister.Store(add ? TRegister.Add(sum1, TRegister.Load(c + TRegister.Width)) : sum1, c + TRegister.Width);
        }
    }

    private interface ICount
    {
        static abstract int Value { get; }
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

    private readonly struct Narrow : ICount
    {
        public static int Value => 1;
    }

    private readonly struct Wide : ICount
    {
        public static int Value => 2;
    }
}
