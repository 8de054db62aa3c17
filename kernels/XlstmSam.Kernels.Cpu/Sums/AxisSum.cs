using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Σ x along Length of (Outer, Length, Inner), in double. Length is cut into at most <see cref="MostChunks"/> pieces of a size that follows from
/// the geometry; the pieces' sums are added in order.
/// </summary>
internal static unsafe class AxisSum
{
    private const int MostChunks = 128;
    private const int SmallestChunk = 32768;

    // Rows of one slab together take about 64 KiB, so that every tile of columns after the first reads them from the cache.
    private const int SlabElements = 16384;

    public static void Run(WorkerPool pool, ReductionGeometry geometry, float* x, float* y, bool accumulate)
    {
        var (outer, length, inner) = geometry;
        var (chunks, perChunk) = Chunks(geometry);
        using var scratch = pool.Scratch.BorrowZeros(outer * chunks * inner);
        var partial = scratch.Doubles;
        var grain = Math.Max(1, FixedBlocks.Elements / Math.Max(1, Math.Min(perChunk, length) * inner));
        FixedBlocks.Run(pool, outer * chunks, grain, new ChunksJob(geometry, chunks, perChunk, x, partial));
        FixedBlocks.Run(pool, outer * inner, FixedBlocks.Elements / MostChunks, new ResultsJob(inner, chunks, partial, y, accumulate));
    }

    /// <summary>Bytes of the partial sums.</summary>
    public static long ScratchBytes(ReductionGeometry geometry) => sizeof(double) * geometry.Results * Chunks(geometry).Count;

    private static (long Count, long Length) Chunks(ReductionGeometry geometry)
    {
        var (_, length, inner) = geometry;
        var perChunk = Math.Max((SmallestChunk + inner - 1) / inner, (length + MostChunks - 1) / MostChunks);
        return (Math.Max(1, (length + perChunk - 1) / perChunk), perChunk);
    }

    private static void AddRows(float* x, long rows, long columns, double* sums)
    {
        if (columns == 1)
        {
            sums[0] += FloatVectorOps.Sum(x, rows);
            return;
        }

        var slab = Math.Max(4, SlabElements / columns);
        for (long first = 0; first < rows; first += slab)
        {
            AddSlab(x + (first * columns), Math.Min(slab, rows - first), columns, sums);
        }
    }

    private static void AddSlab(float* x, long rows, long columns, double* sums)
    {
        long column = 0;
        for (; column <= columns - 16; column += 16)
        {
            var (a, b) = (DoubleLanes.Load(sums + column), DoubleLanes.Load(sums + column + 8));
            var source = x + column;
            for (long row = 0; row < rows; row++, source += columns)
            {
                a += DoubleLanes.Of(Vector256.Load(source));
                b += DoubleLanes.Of(Vector256.Load(source + 8));
            }

            a.Store(sums + column);
            b.Store(sums + column + 8);
        }

        for (; column < columns; column++)
        {
            var sum = sums[column];
            for (long row = 0; row < rows; row++)
            {
                sum += x[(row * columns) + column];
            }

            sums[column] = sum;
        }
    }

    private readonly struct ChunksJob(ReductionGeometry geometry, long chunks, long perChunk, float* x, double* partial) : IBlockJob
    {
        public void Run(long start, long end)
        {
            var (_, length, inner) = geometry;
            for (var c = start; c < end; c++)
            {
                var first = c % chunks * perChunk;
                var rows = Math.Min(perChunk, length - first);
                AddRows(x + (((c / chunks * length) + first) * inner), rows, inner, partial + (c * inner));
            }
        }
    }

    private readonly struct ResultsJob(long inner, long chunks, double* partial, float* y, bool accumulate) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (var r = start; r < end; r++)
            {
                var sum = 0.0;
                for (long c = 0; c < chunks; c++)
                {
                    sum += partial[(((r / inner * chunks) + c) * inner) + (r % inner)];
                }

                y[r] = (float)(accumulate ? y[r] + sum : sum);
            }
        }
    }
}
