using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>The two values that a sum takes from the elements at [index, index + lanes), columns [column, column + lanes) of their row.</summary>
internal interface ISumTerms
{
    void At<T>(long index, long column, out T first, out T second)
        where T : unmanaged, ILane<T>;
}

/// <summary>
/// Sums over the rows of an array, one pair per column: in float over blocks of at most 4,096 rows, in double over the blocks.
/// The order depends on the geometry alone.
/// </summary>
internal static unsafe class ColumnSums
{
    private const int Lanes = 8;
    private const int LongestFloatSum = 4096;
    private const int CachedElements = 16384;

    /// <summary>Elements [start, start + count), the first in column 0; the last row may be incomplete.</summary>
    public static void Add<TTerms>(TTerms terms, long start, long count, int width, double* first, double* second)
        where TTerms : struct, ISumTerms
    {
        var rows = count / width;
        AddRows(terms, start, rows, width, 0, width, first, second);
        AddRows(terms, start + (rows * width), 1, width, 0, (int)(count % width), first, second);
    }

    /// <summary>Columns [column, column + columns) of rows that lie <paramref name="stride"/> apart; start is the first element.</summary>
    /// <param name="second">The sums of the second values, or null.</param>
    public static void AddRows<TTerms>(TTerms terms, long start, long rows, long stride, long column, int columns, double* first, double* second)
        where TTerms : struct, ISumTerms
    {
        var block = Math.Clamp(CachedElements / Math.Max(1, columns), 1, LongestFloatSum);
        for (long row = 0; row < rows; row += block)
        {
            var from = start + (row * stride);
            var count = Math.Min(block, rows - row);
            var c = 0;
            for (; c + (4 * Lanes) <= columns; c += 4 * Lanes)
            {
                FourVectors(terms, from + c, count, stride, column + c, first + c, second is null ? null : second + c);
            }

            for (; c + Lanes <= columns; c += Lanes)
            {
                OneVector(terms, from + c, count, stride, column + c, first + c, second is null ? null : second + c);
            }

            for (; c < columns; c++)
            {
                OneColumn(terms, from + c, count, stride, column + c, first + c, second is null ? null : second + c);
            }
        }
    }

    private static void FourVectors<TTerms>(TTerms terms, long start, long rows, long stride, long column, double* first, double* second)
        where TTerms : struct, ISumTerms
    {
        VectorLane a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var i = start; rows > 0; rows--, i += stride)
        {
            Accumulate(ref terms, i, column, ref a0, ref b0);
            Accumulate(ref terms, i + Lanes, column + Lanes, ref a1, ref b1);
            Accumulate(ref terms, i + (2 * Lanes), column + (2 * Lanes), ref a2, ref b2);
            Accumulate(ref terms, i + (3 * Lanes), column + (3 * Lanes), ref a3, ref b3);
        }

        AddTo(first, a0);
        AddTo(first + Lanes, a1);
        AddTo(first + (2 * Lanes), a2);
        AddTo(first + (3 * Lanes), a3);
        if (second is not null)
        {
            AddTo(second, b0);
            AddTo(second + Lanes, b1);
            AddTo(second + (2 * Lanes), b2);
            AddTo(second + (3 * Lanes), b3);
        }
    }

    private static void OneVector<TTerms>(TTerms terms, long start, long rows, long stride, long column, double* first, double* second)
        where TTerms : struct, ISumTerms
    {
        VectorLane a = default, b = default;
        for (var i = start; rows > 0; rows--, i += stride)
        {
            Accumulate(ref terms, i, column, ref a, ref b);
        }

        AddTo(first, a);
        if (second is not null)
        {
            AddTo(second, b);
        }
    }

    private static void OneColumn<TTerms>(TTerms terms, long start, long rows, long stride, long column, double* first, double* second)
        where TTerms : struct, ISumTerms
    {
        double a = 0, b = 0;
        for (var i = start; rows > 0; rows--, i += stride)
        {
            terms.At<ScalarLane>(i, column, out var one, out var two);
            a += one.Value;
            b += two.Value;
        }

        *first += a;
        if (second is not null)
        {
            *second += b;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<TTerms>(ref TTerms terms, long index, long column, ref VectorLane first, ref VectorLane second)
        where TTerms : struct, ISumTerms
    {
        terms.At<VectorLane>(index, column, out var one, out var two);
        first += one;
        second += two;
    }

    private static void AddTo(double* target, VectorLane sum)
    {
        var (low, high) = Vector256.Widen(sum.Value);
        (Vector256.Load(target) + low).Store(target);
        (Vector256.Load(target + 4) + high).Store(target + 4);
    }
}
