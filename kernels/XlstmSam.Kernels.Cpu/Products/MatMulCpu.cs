namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Matrix products in blocks that fit the second-level cache, see <see cref="ProductJob"/>; with vectors in one sweep, see <see cref="VectorProduct"/>.
/// </summary>
internal sealed unsafe class MatMulCpu(WorkerPool pool) : IMatMul
{
    // A product with few results and a long sum is cut along K, so that there is work for every core. The cut follows from the shape alone.
    private const int ResultsPerCut = 64 * 64;
    private const int ShortestCut = 512;
    private const int MostCuts = 32;
    private readonly VectorProduct vectors = new(pool);

    public long ScratchBytes(in MatMulGeometry geometry) => 0;

    public void Multiply(in MatMulGeometry geometry, View a, View b, View bias, Activation activation, View y) =>
        Run(geometry, CpuBuffer.Floats(a), CpuBuffer.Floats(b), CpuBuffer.Floats(bias), activation, CpuBuffer.Floats(y), accumulate: false);

    public void Accumulate(in MatMulGeometry geometry, View a, View b, View y) =>
        Run(geometry, CpuBuffer.Floats(a), CpuBuffer.Floats(b), null, Activation.None, CpuBuffer.Floats(y), accumulate: true);

    /// <summary>The same on addresses; the bias may be null.</summary>
    public void Run(in MatMulGeometry g, float* a, float* b, float* bias, Activation activation, float* y, bool accumulate)
    {
        if (g.Batch == 0 || g.M == 0 || g.N == 0)
        {
            return;
        }

        if (bias is null && activation == Activation.None && vectors.TryRun(g, a, b, y, accumulate))
        {
            return;
        }

        var cuts = Cuts(g);
        if (cuts == 1)
        {
            var job = new ProductJob(pool, g, a, b, y, bias, activation, accumulate);
            job.Run();
            return;
        }

        // The cuts of one matrix are a batch of shorter products into scratch; their sum is the result.
        var depth = (g.K + cuts - 1) / cuts;
        var results = (long)g.M * g.N;
        using var scratch = pool.Scratch.Borrow(results * cuts);
        for (var i = 0; i < g.Batch; i++)
        {
            var part = g with
            {
                Batch = cuts,
                LdY = g.N,
                StrideY = results,
                StrideA = depth * (g.TransposeA ? g.LdA : 1),
                StrideB = depth * (g.TransposeB ? 1 : g.LdB),
            };
            var matrixA = a + (i * g.StrideA);
            var matrixB = b + (i * g.StrideB);
            new ProductJob(pool, part, matrixA, matrixB, scratch.Start, null, Activation.None, accumulate: false, depth).Run();
            PartialSums.Add(pool, scratch.Start, cuts, results);
            var target = y + (i * g.StrideY);
            for (var r = 0; r < g.M; r++)
            {
                PartialSums.Store(scratch.Start + ((long)r * g.N), target + (r * g.LdY), g.N, accumulate);
            }

            Epilogue.Apply(target, (nint)g.LdY, g.M, g.N, bias, activation);
        }
    }

    private static int Cuts(in MatMulGeometry g)
    {
        var blocks = g.Batch * Math.Max(1, (long)g.M * g.N / ResultsPerCut);
        return (int)Math.Clamp(MostCuts / blocks, 1, Math.Max(1, g.K / ShortestCut));
    }
}
