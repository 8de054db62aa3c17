namespace XlstmSam.Kernels.Cpu;

internal sealed class Conv3dCpu(WorkerPool pool) : IConv3d
{
    public WorkerPool Pool => pool;

    public long WorkspaceLength(in Conv3dGeometry geometry) => throw new NotImplementedException();

    public void Forward(in Conv3dGeometry geometry, View x, View weight, View bias, View y, View workspace) => throw new NotImplementedException();

    public void BackwardData(in Conv3dGeometry geometry, View dy, View weight, View dx, View workspace) => throw new NotImplementedException();

    public void BackwardWeight(in Conv3dGeometry geometry, View dy, View x, View dweight, View dbias, View workspace) => throw new NotImplementedException();
}
