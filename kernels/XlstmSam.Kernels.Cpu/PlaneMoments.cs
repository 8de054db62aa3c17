using System.Runtime.CompilerServices;
using static XlstmSam.Kernels.Cpu.LaneLoop;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Mean and Σ (x - mean)² per column. Every block is swept twice while it is in the cache, about its own mean, so nothing cancels;
/// blocks merge by Chan's formula in double.
/// </summary>
internal static unsafe class PlaneMoments
{
    /// <summary>Doubles of workspace for one call.</summary>
    public static long WorkLength(ColumnTile tile) => 3L * tile.Width;

    /// <summary>Elements [start, start + count) of x, the first in column 0.</summary>
    /// <param name="work">Zeros on entry.</param>
    public static void Of(float* x, long start, long count, ColumnTile tile, double* mean, double* squares, double* work)
    {
        var sums = work;
        var deviations = sums + tile.Width;
        var centre = (float*)(deviations + tile.Width);
        var blocks = Partition.Of(count, tile.Width);
        long seen = 0;
        for (var block = 0; block < blocks.Blocks; block++)
        {
            var (from, length) = (start + blocks.Start(block), blocks.Length(block));
            var rows = length / tile.Columns;
            tile.Clear(sums);
            ColumnSums.Add(new ValueTerms(x), from, length, tile.Width, sums, null);
            tile.Fold(sums);
            for (var c = 0; c < tile.Columns; c++)
            {
                centre[c] = (float)(sums[c] / rows);
            }

            tile.Repeat(centre);
            tile.Clear(sums);
            tile.Clear(deviations);
            ColumnSums.Add(new DeviationTerms(x, centre), from, length, tile.Width, sums, deviations);
            tile.Fold(sums);
            tile.Fold(deviations);
            for (var c = 0; c < tile.Columns; c++)
            {
                var delta = sums[c] / rows;
                Merge(ref mean[c], ref squares[c], seen, centre[c] + delta, deviations[c] - (sums[c] * delta), rows);
            }

            seen += rows;
        }
    }

    /// <summary>Joins the moments of <paramref name="count"/> further elements to those of <paramref name="seen"/>.</summary>
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
