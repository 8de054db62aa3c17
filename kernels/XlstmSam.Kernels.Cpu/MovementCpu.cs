namespace XlstmSam.Kernels.Cpu;

internal sealed class MovementCpu(WorkerPool pool) : IMovement
{
    public WorkerPool Pool => pool;

    public void Copy(in CopyGeometry geometry, View source, View target, bool accumulate) => throw new NotImplementedException();

    public void Transpose(int batch, int rows, int columns, View source, View target, bool accumulate) => throw new NotImplementedException();

    public void Flip(long outer, int length, long inner, View source, View target, bool accumulate) => throw new NotImplementedException();

    public void Gather(int width, I32View index, View table, View target) => throw new NotImplementedException();

    public void GatherBackward(int width, I32View index, View dtarget, View dtable) => throw new NotImplementedException();
}
