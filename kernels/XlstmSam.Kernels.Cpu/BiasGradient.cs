namespace XlstmSam.Kernels.Cpu;

/// <summary>sum[j] += Σ_r x[r, j]: the gradient of a bias. Blocks of rows are summed alone and then added pairwise.</summary>
internal static unsafe class BiasGradient
{
    private const long FewestRows = 512;
    private const int MostBlocks = 64;

    public static void Add(WorkerPool pool, float* x, long rows, int columns, float* sum)
    {
        var blocks = (int)Math.Clamp(rows / FewestRows, 1, MostBlocks);
        using var scratch = pool.Scratch.Borrow((long)blocks * columns);
        var parts = scratch.Start;
        pool.Run(blocks, t =>
        {
            var part = parts + ((long)t * columns);
            new Span<float>(part, columns).Clear();
            for (var r = rows * t / blocks; r < rows * (t + 1) / blocks; r++)
            {
                PartialSums.AddRun(x + (r * columns), part, columns);
            }
        });
        PartialSums.Add(pool, parts, blocks, columns);
        PartialSums.AddRun(parts, sum, columns);
    }
}
