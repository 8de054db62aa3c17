using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static XlstmSam.Kernels.Cpu.LaneLoop;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Mean and Σ (x - mean)² per column. The first block is swept twice, the second time about its own mean, the others once, about the mean of all
/// before them; blocks merge by Chan's formula in double. A block whose mean lies d from that of the blocks before it is rounded by about 2⁻²⁴ d²
/// per element, relative to which the result is exact enough: merging two blocks adds at least d² / 2 per element of the smaller one.
/// </summary>
internal static unsafe class PlaneMoments
{
    private const int Lanes = 4;

    /// <summary>Doubles that a row of columns takes: whole registers.</summary>
    public static int RowLength(int columns) => (columns + Lanes - 1) & -Lanes;

    /// <summary>Doubles of workspace for one call.</summary>
    public static long WorkLength(RepeatedRow tile) => 3L * RowLength(tile.Width);

    /// <summary>Elements [start, start + count) of x, the first in column 0.</summary>
    /// <param name="mean">A row, as are squares: zeros on entry.</param>
    /// <param name="work">Zeros on entry.</param>
    public static void Of(float* x, long start, long count, RepeatedRow tile, double* mean, double* squares, double* work)
    {
        var row = RowLength(tile.Width);
        double* sums = work, deviations = work + row;
        var centre = (float*)(work + (2 * row));
        var blocks = Partition.Of(count, tile.Width);
        long seen = 0;
        for (var block = 0; block < blocks.Blocks; block++)
        {
            var (from, length) = (start + blocks.Start(block), blocks.Length(block));
            var rows = length / tile.Columns;
            var share = 1.0 / rows;
            if (seen == 0)
            {
                tile.Clear(sums);
                ColumnSums.Add(new SummedElements(x), from, length, tile.Width, sums, null);
                tile.Fold(sums);
            }

            for (var c = 0; c < tile.Columns; c += Lanes)
            {
                Vector256.Narrow(seen == 0 ? Vector256.Load(sums + c) * share : Vector256.Load(mean + c), default).GetLower().Store(centre + c);
            }

            tile.Repeat(centre);
            tile.Clear(sums);
            tile.Clear(deviations);
            ColumnSums.Add(new DeviationTerms(x, centre), from, length, tile.Width, sums, deviations);
            tile.Fold(sums);
            tile.Fold(deviations);
            for (var c = 0; c < tile.Columns; c += Lanes)
            {
                var sum = Vector256.Load(sums + c);
                var delta = sum * share;
                (Vector256.Load(deviations + c) - (sum * delta)).Store(deviations + c);
                (Vector256.WidenLower(Vector256.Create(Vector128.Load(centre + c), default)) + delta).Store(sums + c);
            }

            Merge(mean, squares, seen, sums, deviations, rows, tile.Columns);
            seen += rows;
        }
    }

    /// <summary>Joins the moments of <paramref name="count"/> further elements to those of <paramref name="seen"/>, for a row of columns.</summary>
    public static void Merge(double* mean, double* squares, long seen, double* blockMean, double* blockSquares, long count, int columns)
    {
        var share = (double)count / (seen + count);
        for (var c = 0; c < columns; c += Lanes)
        {
            var average = Vector256.Load(mean + c);
            var distance = Vector256.Load(blockMean + c) - average;
            (average + (distance * share)).Store(mean + c);
            (Vector256.Load(squares + c) + Vector256.Load(blockSquares + c) + (distance * distance * (seen * share))).Store(squares + c);
        }
    }

    /// <summary>The same for one column.</summary>
    public static void Merge(ref double mean, ref double squares, long seen, double blockMean, double blockSquares, long count)
    {
        var distance = blockMean - mean;
        var share = (double)count / (seen + count);
        mean += distance * share;
        squares += blockSquares + (distance * distance * seen * share);
    }

    private readonly struct DeviationTerms(float* x, float* centre) : ISumTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<T>(long index, long column, out T first, out T second)
            where T : unmanaged, ILane<T>
        {
            first = Load<T>(x + index) - Load<T>(centre + column);
            second = first * first;
        }
    }
}
