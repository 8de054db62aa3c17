namespace XlstmSam.Kernels.Cpu;

internal sealed class AdamWCpu(WorkerPool pool) : IAdamW
{
    public WorkerPool Pool => pool;

    public void Update(in AdamWStep step, View parameters, View gradients, View firstMoment, View secondMoment) => throw new NotImplementedException();
}
