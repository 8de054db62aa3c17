namespace XlstmSam.Kernels.Cpu;

internal sealed class ReductionCpu(WorkerPool pool) : IReduction
{
    public WorkerPool Pool => pool;

    public void Sum(in ReductionGeometry geometry, View x, View y, bool accumulate) => throw new NotImplementedException();

    public void SumOfSquares(View x, View y) => throw new NotImplementedException();

    public void SumBackward(in ReductionGeometry geometry, View dy, View dx) => throw new NotImplementedException();

    public void Max(in ReductionGeometry geometry, View x, View y) => throw new NotImplementedException();

    public void MaxBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx) => throw new NotImplementedException();

    public void Variance(in ReductionGeometry geometry, View x, View y) => throw new NotImplementedException();

    public void VarianceBackward(in ReductionGeometry geometry, View dy, View x, View dx) => throw new NotImplementedException();

    public void LogSumExp(in ReductionGeometry geometry, View x, View y) => throw new NotImplementedException();

    public void LogSumExpBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx) => throw new NotImplementedException();

    public void Softmax(in ReductionGeometry geometry, View x, View y) => throw new NotImplementedException();

    public void SoftmaxBackward(in ReductionGeometry geometry, View dy, View y, View dx) => throw new NotImplementedException();

    public void CumulativeSum(in ReductionGeometry geometry, bool reverse, View x, View y, bool accumulate) => throw new NotImplementedException();
}
