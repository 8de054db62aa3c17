namespace XlstmSam.Kernels.Cpu;

internal sealed class CausalConv1dCpu(WorkerPool pool) : ICausalConv1d
{
    public WorkerPool Pool => pool;

    public void Forward(in CausalConv1dGeometry geometry, View x, View weight, View bias, View y) => throw new NotImplementedException();

    public void Backward(in CausalConv1dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias) => throw new NotImplementedException();
}
