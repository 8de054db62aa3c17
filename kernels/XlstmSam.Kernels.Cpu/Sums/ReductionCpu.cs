using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Rows when the reduced axis is the last, columns otherwise; every result belongs to one ticket.</summary>
internal sealed unsafe class ReductionCpu(WorkerPool pool) : IReduction
{
    private const int SquareBlocks = 1024;

    public long ScratchBytes(in ReductionGeometry geometry) => AxisSum.ScratchBytes(geometry);

    public void Sum(in ReductionGeometry geometry, View x, View y, bool accumulate)
    {
        Check(geometry, x, y);
        AxisSum.Run(pool, geometry, CpuBuffer.Floats(x), CpuBuffer.Floats(y), accumulate);
    }

    public void SumOfSquares(View x, View y)
    {
        var length = x.Length;
        var perBlock = Math.Max(FixedBlocks.Elements, (x.Length + SquareBlocks - 1) / SquareBlocks);
        var partial = stackalloc double[SquareBlocks];
        FixedBlocks.Run(pool, length, perBlock, new SquaresJob(CpuBuffer.Floats(x), perBlock, partial));
        var sum = 0.0;
        for (var block = 0; block < FixedBlocks.Count(length, perBlock); block++)
        {
            sum += partial[block];
        }

        *CpuBuffer.Floats(y) = (float)sum;
    }

    public void SumBackward(in ReductionGeometry geometry, View dy, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        Check(geometry, dx, dy);
        var (length, inner) = (geometry.Length, geometry.Inner);
        var from = CpuBuffer.Floats(dy);
        var to = CpuBuffer.Floats(dx);
        if (inner == 1)
        {
            FixedBlocks.Run(pool, geometry.Outer, FixedBlocks.RowsPerBlock(length), new RepeatedScalarsJob(from, to, length));
            return;
        }

        FixedBlocks.Run(pool, geometry.Outer * length, FixedBlocks.RowsPerBlock(inner), new RepeatedRowsJob(from, to, length, inner));
    }

    public void Max(in ReductionGeometry geometry, View x, View y)
    {
        Check(geometry, x, y);
        Run(geometry, new MaxJob(CpuBuffer.Floats(x), CpuBuffer.Floats(y), geometry.Length));
    }

    public void MaxBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        Check(geometry, dx, dy);
        Run(geometry, new MaxBackwardJob(CpuBuffer.Floats(dy), CpuBuffer.Floats(x), CpuBuffer.Floats(y), CpuBuffer.Floats(dx), geometry.Length));
    }

    public void Variance(in ReductionGeometry geometry, View x, View y)
    {
        Check(geometry, x, y);
        Run(geometry, new VarianceJob(CpuBuffer.Floats(x), CpuBuffer.Floats(y), geometry.Length));
    }

    public void VarianceBackward(in ReductionGeometry geometry, View dy, View x, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        Check(geometry, dx, dy);
        Run(geometry, new VarianceBackwardJob(CpuBuffer.Floats(dy), CpuBuffer.Floats(x), CpuBuffer.Floats(dx), geometry.Length));
    }

    public void LogSumExp(in ReductionGeometry geometry, View x, View y)
    {
        Check(geometry, x, y);
        Run(geometry, new LogSumExpJob(CpuBuffer.Floats(x), CpuBuffer.Floats(y), geometry.Length));
    }

    public void LogSumExpBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        Check(geometry, dx, dy);
        Run(geometry, new LogSumExpBackwardJob(CpuBuffer.Floats(dy), CpuBuffer.Floats(x), CpuBuffer.Floats(y), CpuBuffer.Floats(dx), geometry.Length));
    }

    public void Softmax(in ReductionGeometry geometry, View x, View y)
    {
        Debug.Assert(x.Length >= geometry.Count && y.Length >= geometry.Count);
        Run(geometry, new SoftmaxJob(CpuBuffer.Floats(x), CpuBuffer.Floats(y), geometry.Length));
    }

    public void SoftmaxBackward(in ReductionGeometry geometry, View dy, View y, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        Debug.Assert(dy.Length >= geometry.Count && y.Length >= geometry.Count && dx.Length >= geometry.Count);
        Run(geometry, new SoftmaxBackwardJob(CpuBuffer.Floats(dy), CpuBuffer.Floats(y), CpuBuffer.Floats(dx), geometry.Length));
    }

    public void CumulativeSum(in ReductionGeometry geometry, bool reverse, View x, View y, bool accumulate)
    {
        Debug.Assert(x.Length >= geometry.Count && y.Length >= geometry.Count);
        Run(geometry, new CumulativeSumJob(CpuBuffer.Floats(x), CpuBuffer.Floats(y), geometry.Length, reverse, accumulate));
    }

    private static void Check(in ReductionGeometry geometry, View all, View results) =>
        Debug.Assert(all.Length >= geometry.Count && results.Length >= geometry.Results && geometry.Length > 0);

    private void Run<TJob>(ReductionGeometry geometry, TJob job)
        where TJob : struct, IReductionJob
    {
        if (geometry.Inner == 1)
        {
            FixedBlocks.Run(pool, geometry.Outer, FixedBlocks.RowsPerBlock(geometry.Length), new RowsJob<TJob>(job));
            return;
        }

        var groups = (geometry.Inner + ColumnGroup.Width - 1) / ColumnGroup.Width;
        FixedBlocks.Run(pool, geometry.Outer * groups, FixedBlocks.RowsPerBlock(geometry.Length * ColumnGroup.Width), new ColumnsJob<TJob>(job, geometry, groups));
    }

    private readonly struct RowsJob<TJob>(TJob job) : IBlockJob
        where TJob : struct, IReductionJob
    {
        public void Run(long start, long end)
        {
            for (var row = start; row < end; row++)
            {
                job.Row(row);
            }
        }
    }

    private readonly struct ColumnsJob<TJob>(TJob job, ReductionGeometry geometry, long groups) : IBlockJob
        where TJob : struct, IReductionJob
    {
        public void Run(long start, long end)
        {
            for (var g = start; g < end; g++)
            {
                job.Columns(new(geometry, g / groups, g % groups * ColumnGroup.Width));
            }
        }
    }

    private readonly struct SquaresJob(float* x, long perBlock, double* partial) : IBlockJob
    {
        public void Run(long start, long end) => partial[start / perBlock] = FloatVectorOps.SumOfSquares(x + start, 0, end - start);
    }

    private readonly struct RepeatedScalarsJob(float* dy, float* dx, long length) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (var row = start; row < end; row++)
            {
                FloatVectorOps.AddConstant(dy[row], dx + (row * length), length);
            }
        }
    }

    private readonly struct RepeatedRowsJob(float* dy, float* dx, long length, long inner) : IBlockJob
    {
        public void Run(long start, long end)
        {
            for (var row = start; row < end; row++)
            {
                FloatVectorOps.Add(dy + (row / length * inner), dx + (row * inner), inner);
            }
        }
    }
}
