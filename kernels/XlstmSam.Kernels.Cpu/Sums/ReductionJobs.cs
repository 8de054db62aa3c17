namespace XlstmSam.Kernels.Cpu;

/// <summary>A reduction or scan: of one row where these are dense, of a group of neighbouring columns otherwise.</summary>
internal interface IReductionJob
{
    void Row(long row);

    void Columns(in ReductionColumns of);
}

/// <summary>Where one group of columns lies in operands of either size.</summary>
internal readonly unsafe struct ReductionColumns(ReductionGeometry geometry, long outer, long column)
{
    private readonly int lanes = (int)Math.Min(ColumnGroup.Width, geometry.Inner - column);

    public ColumnGroup All(float* start) => new(start + (outer * geometry.Length * geometry.Inner) + column, geometry.Length, geometry.Inner, lanes);

    public ColumnGroup Result(float* start) => new(start + (outer * geometry.Inner) + column, 1, geometry.Inner, lanes);
}

internal readonly unsafe struct MaxJob(float* x, float* y, long n) : IReductionJob
{
    public void Row(long row) => RowReductions.Max(x + (row * n), n, y + row);

    public void Columns(in ReductionColumns of) => ColumnReductions.Max(of.All(x), of.Result(y));
}

internal readonly unsafe struct MaxBackwardJob(float* dy, float* x, float* y, float* dx, long n) : IReductionJob
{
    public void Row(long row) => RowReductions.MaxBackward(dy[row], x + (row * n), n, y[row], dx + (row * n));

    public void Columns(in ReductionColumns of) => ColumnReductions.MaxBackward(of.Result(dy), of.All(x), of.Result(y), of.All(dx));
}

internal readonly unsafe struct VarianceJob(float* x, float* y, long n) : IReductionJob
{
    public void Row(long row) => RowReductions.Variance(x + (row * n), n, y + row);

    public void Columns(in ReductionColumns of) => ColumnReductions.Variance(of.All(x), of.Result(y));
}

internal readonly unsafe struct VarianceBackwardJob(float* dy, float* x, float* dx, long n) : IReductionJob
{
    public void Row(long row) => RowReductions.VarianceBackward(dy[row], x + (row * n), n, dx + (row * n));

    public void Columns(in ReductionColumns of) => ColumnReductions.VarianceBackward(of.Result(dy), of.All(x), of.All(dx));
}

internal readonly unsafe struct LogSumExpJob(float* x, float* y, long n) : IReductionJob
{
    public void Row(long row) => RowReductions.LogSumExp(x + (row * n), n, y + row);

    public void Columns(in ReductionColumns of) => ColumnReductions.LogSumExp(of.All(x), of.Result(y));
}

internal readonly unsafe struct LogSumExpBackwardJob(float* dy, float* x, float* y, float* dx, long n) : IReductionJob
{
    public void Row(long row) => RowReductions.LogSumExpBackward(dy[row], x + (row * n), n, y[row], dx + (row * n));

    public void Columns(in ReductionColumns of) => ColumnReductions.LogSumExpBackward(of.Result(dy), of.All(x), of.Result(y), of.All(dx));
}

internal readonly unsafe struct SoftmaxJob(float* x, float* y, long n) : IReductionJob
{
    public void Row(long row) => RowReductions.Softmax(x + (row * n), n, y + (row * n));

    public void Columns(in ReductionColumns of) => ColumnReductions.Softmax(of.All(x), of.All(y));
}

internal readonly unsafe struct SoftmaxBackwardJob(float* dy, float* y, float* dx, long n) : IReductionJob
{
    public void Row(long row) => RowReductions.SoftmaxBackward(dy + (row * n), y + (row * n), n, dx + (row * n));

    public void Columns(in ReductionColumns of) => ColumnReductions.SoftmaxBackward(of.All(dy), of.All(y), of.All(dx));
}

internal readonly unsafe struct CumulativeSumJob(float* x, float* y, long n, bool reverse, bool accumulate) : IReductionJob
{
    public void Row(long row) => RowReductions.CumulativeSum(x + (row * n), n, reverse, y + (row * n), accumulate);

    public void Columns(in ReductionColumns of) => ColumnReductions.CumulativeSum(of.All(x), reverse, of.All(y), accumulate);
}
