namespace XlstmSam.Kernels.Cpu;

internal sealed class AttentionCpu(WorkerPool pool) : IAttention
{
    public WorkerPool Pool => pool;

    public void Forward(in AttentionGeometry geometry, View q, View k, View v, View y, View logSumExp) => throw new NotImplementedException();

    public void Backward(in AttentionGeometry geometry, View dy, View q, View k, View v, View y, View logSumExp, View dq, View dk, View dv) => throw new NotImplementedException();
}
