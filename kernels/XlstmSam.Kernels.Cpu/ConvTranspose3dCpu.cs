namespace XlstmSam.Kernels.Cpu;

internal sealed class ConvTranspose3dCpu(WorkerPool pool) : IConvTranspose3d
{
    public WorkerPool Pool => pool;

    public long WorkspaceLength(in ConvTranspose3dGeometry geometry) => throw new NotImplementedException();

    public void Forward(in ConvTranspose3dGeometry geometry, View x, View weight, View bias, View y, View workspace) => throw new NotImplementedException();

    public void Backward(in ConvTranspose3dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias, View workspace) => throw new NotImplementedException();
}
