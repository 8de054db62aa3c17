namespace XlstmSam.Kernels.Cpu;

internal sealed class Resample3dCpu(WorkerPool pool) : IResample3d
{
    public WorkerPool Pool => pool;

    public void Forward(in Resample3dGeometry geometry, View x, View y) => throw new NotImplementedException();

    public void Backward(in Resample3dGeometry geometry, View dy, View dx) => throw new NotImplementedException();
}
