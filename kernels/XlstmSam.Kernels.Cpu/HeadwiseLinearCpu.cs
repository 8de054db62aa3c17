namespace XlstmSam.Kernels.Cpu;

internal sealed class HeadwiseLinearCpu(WorkerPool pool) : IHeadwiseLinear
{
    public WorkerPool Pool => pool;

    public void Forward(in HeadwiseLinearGeometry geometry, View x, View weight, View y) => throw new NotImplementedException();

    public void Backward(in HeadwiseLinearGeometry geometry, View dy, View x, View weight, View dx, View dweight) => throw new NotImplementedException();
}
