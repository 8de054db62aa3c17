namespace XlstmSam.Kernels.Cpu;

internal sealed class MatMulCpu(WorkerPool pool) : IMatMul
{
    public WorkerPool Pool => pool;

    public void Multiply(in MatMulGeometry geometry, View a, View b, View bias, Activation activation, View y) => throw new NotImplementedException();

    public void Accumulate(in MatMulGeometry geometry, View a, View b, View y) => throw new NotImplementedException();
}
