namespace XlstmSam.Kernels.Cpu;

/// <summary>sum[j] += Σ_r x[r, j]: the gradient of a bias. Blocks of rows are summed alone and then added in order.</summary>
internal static unsafe class BiasGradient
{
    private const long FewestRows = 512;
    private const int MostBlocks = 64;

    public static void Add(WorkerPool pool, float* x, long rows, int columns, float* sum)
    {
        var blocks = (int)Math.Clamp(rows / FewestRows, 1, MostBlocks);
        using var scratch = pool.Scratch.Borrow(2L * blocks * columns);
        var parts = (double*)scratch.Start;
        pool.Run(blocks, new PartJob(x, rows, columns, blocks, parts));
        for (var j = 0; j < columns; j++)
        {
            var total = 0.0;
            for (var t = 0; t < blocks; t++)
            {
                total += parts[((long)t * columns) + j];
            }

            sum[j] += (float)total;
        }
    }

    private readonly struct PartJob(float* x, long rows, int columns, int blocks, double* parts) : IWorkItems
    {
        public void Run(int ticket)
        {
            var part = parts + ((long)ticket * columns);
            new Span<double>(part, columns).Clear();
            var (first, last) = (rows * ticket / blocks, rows * (ticket + 1) / blocks);
            ColumnSums.Add(new SummedElements(x), first * columns, (last - first) * columns, columns, part, null);
        }
    }
}
