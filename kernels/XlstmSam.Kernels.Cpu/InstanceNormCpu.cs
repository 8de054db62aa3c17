namespace XlstmSam.Kernels.Cpu;

internal sealed class InstanceNormCpu(WorkerPool pool) : IInstanceNorm
{
    public WorkerPool Pool => pool;

    public void Forward(in InstanceNormGeometry geometry, float epsilon, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd) => throw new NotImplementedException();

    public void Backward( in InstanceNormGeometry geometry, Activation activation, View dy, View x, View y, View gamma, View mean, View rstd, View dx, View dgamma, View dbeta, View dresidual) => throw new NotImplementedException();
}
