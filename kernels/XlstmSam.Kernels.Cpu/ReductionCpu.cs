using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Rows when the reduced axis is the last, columns otherwise; every result belongs to one ticket.</summary>
internal sealed unsafe class ReductionCpu(WorkerPool pool) : IReduction
{
    private const int SquareBlocks = 1024;

    private delegate void Rows(long row);

    private delegate void Columns(in Group group);

    public void Sum(in ReductionGeometry geometry, View x, View y, bool accumulate)
    {
        Check(geometry, x, y);
        Sums.Run(pool, geometry, CpuBuffer.Floats(x), CpuBuffer.Floats(y), accumulate);
    }

    public void SumOfSquares(View x, View y)
    {
        var source = CpuBuffer.Floats(x);
        var length = x.Length;
        var perBlock = Math.Max(FixedBlocks.Elements, (x.Length + SquareBlocks - 1) / SquareBlocks);
        var partial = stackalloc double[SquareBlocks];
        FixedBlocks.Run(pool, length, perBlock, (start, end) => partial[start / perBlock] = FloatRun.SumOfSquares(source + start, 0, end - start));
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
            FixedBlocks.Run(pool, geometry.Outer, FixedBlocks.RowsPerBlock(length), (start, end) =>
            {
                for (var row = start; row < end; row++)
                {
                    FloatRun.AddConstant(from[row], to + (row * length), length);
                }
            });
            return;
        }

        FixedBlocks.Run(pool, geometry.Outer * length, FixedBlocks.RowsPerBlock(inner), (start, end) =>
        {
            for (var row = start; row < end; row++)
            {
                FloatRun.Add(from + (row / length * inner), to + (row * inner), inner);
            }
        });
    }

    public void Max(in ReductionGeometry geometry, View x, View y)
    {
        Check(geometry, x, y);
        var px = CpuBuffer.Floats(x);
        var py = CpuBuffer.Floats(y);
        var n = geometry.Length;
        Run(geometry, row => RowReductions.Max(px + (row * n), n, py + row), (in Group g) => ColumnReductions.Max(g.All(px), g.Result(py)));
    }

    public void MaxBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        Check(geometry, dx, dy);
        var pdy = CpuBuffer.Floats(dy);
        var px = CpuBuffer.Floats(x);
        var py = CpuBuffer.Floats(y);
        var pdx = CpuBuffer.Floats(dx);
        var n = geometry.Length;
        Run(
            geometry,
            row => RowReductions.MaxBackward(pdy[row], px + (row * n), n, py[row], pdx + (row * n)),
            (in Group g) => ColumnReductions.MaxBackward(g.Result(pdy), g.All(px), g.Result(py), g.All(pdx)));
    }

    public void Variance(in ReductionGeometry geometry, View x, View y)
    {
        Check(geometry, x, y);
        var px = CpuBuffer.Floats(x);
        var py = CpuBuffer.Floats(y);
        var n = geometry.Length;
        Run(geometry, row => RowReductions.Variance(px + (row * n), n, py + row), (in Group g) => ColumnReductions.Variance(g.All(px), g.Result(py)));
    }

    public void VarianceBackward(in ReductionGeometry geometry, View dy, View x, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        Check(geometry, dx, dy);
        var pdy = CpuBuffer.Floats(dy);
        var px = CpuBuffer.Floats(x);
        var pdx = CpuBuffer.Floats(dx);
        var n = geometry.Length;
        Run(
            geometry,
            row => RowReductions.VarianceBackward(pdy[row], px + (row * n), n, pdx + (row * n)),
            (in Group g) => ColumnReductions.VarianceBackward(g.Result(pdy), g.All(px), g.All(pdx)));
    }

    public void LogSumExp(in ReductionGeometry geometry, View x, View y)
    {
        Check(geometry, x, y);
        var px = CpuBuffer.Floats(x);
        var py = CpuBuffer.Floats(y);
        var n = geometry.Length;
        Run(geometry, row => RowReductions.LogSumExp(px + (row * n), n, py + row), (in Group g) => ColumnReductions.LogSumExp(g.All(px), g.Result(py)));
    }

    public void LogSumExpBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        Check(geometry, dx, dy);
        var pdy = CpuBuffer.Floats(dy);
        var px = CpuBuffer.Floats(x);
        var py = CpuBuffer.Floats(y);
        var pdx = CpuBuffer.Floats(dx);
        var n = geometry.Length;
        Run(
            geometry,
            row => RowReductions.LogSumExpBackward(pdy[row], px + (row * n), n, py[row], pdx + (row * n)),
            (in Group g) => ColumnReductions.LogSumExpBackward(g.Result(pdy), g.All(px), g.Result(py), g.All(pdx)));
    }

    public void Softmax(in ReductionGeometry geometry, View x, View y)
    {
        Debug.Assert(x.Length >= geometry.Count && y.Length >= geometry.Count);
        var px = CpuBuffer.Floats(x);
        var py = CpuBuffer.Floats(y);
        var n = geometry.Length;
        Run(geometry, row => RowReductions.Softmax(px + (row * n), n, py + (row * n)), (in Group g) => ColumnReductions.Softmax(g.All(px), g.All(py)));
    }

    public void SoftmaxBackward(in ReductionGeometry geometry, View dy, View y, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        Debug.Assert(dy.Length >= geometry.Count && y.Length >= geometry.Count && dx.Length >= geometry.Count);
        var pdy = CpuBuffer.Floats(dy);
        var py = CpuBuffer.Floats(y);
        var pdx = CpuBuffer.Floats(dx);
        var n = geometry.Length;
        Run(
            geometry,
            row => RowReductions.SoftmaxBackward(pdy + (row * n), py + (row * n), n, pdx + (row * n)),
            (in Group g) => ColumnReductions.SoftmaxBackward(g.All(pdy), g.All(py), g.All(pdx)));
    }

    public void CumulativeSum(in ReductionGeometry geometry, bool reverse, View x, View y, bool accumulate)
    {
        Debug.Assert(x.Length >= geometry.Count && y.Length >= geometry.Count);
        var px = CpuBuffer.Floats(x);
        var py = CpuBuffer.Floats(y);
        var n = geometry.Length;
        Run(
            geometry,
            row => RowReductions.CumulativeSum(px + (row * n), n, reverse, py + (row * n), accumulate),
            (in Group g) => ColumnReductions.CumulativeSum(g.All(px), reverse, g.All(py), accumulate));
    }

    private static void Check(in ReductionGeometry geometry, View all, View results) =>
        Debug.Assert(all.Length >= geometry.Count && results.Length >= geometry.Results && geometry.Length > 0);

    private void Run(ReductionGeometry geometry, Rows rows, Columns columns)
    {
        if (geometry.Inner == 1)
        {
            FixedBlocks.Run(pool, geometry.Outer, FixedBlocks.RowsPerBlock(geometry.Length), (start, end) =>
            {
                for (var row = start; row < end; row++)
                {
                    rows(row);
                }
            });
            return;
        }

        var groups = (geometry.Inner + ColumnGroup.Width - 1) / ColumnGroup.Width;
        FixedBlocks.Run(pool, geometry.Outer * groups, FixedBlocks.RowsPerBlock(geometry.Length * ColumnGroup.Width), (start, end) =>
        {
            for (var g = start; g < end; g++)
            {
                columns(new(geometry, g / groups, g % groups * ColumnGroup.Width));
            }
        });
    }

    /// <summary>Where one group of columns lies in operands of either size.</summary>
    private readonly struct Group(ReductionGeometry geometry, long outer, long column)
    {
        private readonly int lanes = (int)Math.Min(ColumnGroup.Width, geometry.Inner - column);

        public ColumnGroup All(float* start) => new(start + (outer * geometry.Length * geometry.Inner) + column, geometry.Length, geometry.Inner, lanes);

        public ColumnGroup Result(float* start) => new(start + (outer * geometry.Inner) + column, 1, geometry.Inner, lanes);
    }
}
