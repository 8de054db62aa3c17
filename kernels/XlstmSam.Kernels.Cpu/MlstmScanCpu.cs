namespace XlstmSam.Kernels.Cpu;

internal sealed class MlstmScanCpu(WorkerPool pool) : IMlstmScan
{
    public WorkerPool Pool => pool;

    public long SavedLength(in MlstmScanGeometry geometry) => throw new NotImplementedException();

    public void Forward(in MlstmScanGeometry geometry, float epsilon, View q, View k, View v, View i, View f, View h, View saved) => throw new NotImplementedException();

    public void Backward( in MlstmScanGeometry geometry, float epsilon, View dh, View q, View k, View v, View i, View f, View h, View saved, View dq, View dk, View dv, View di, View df) => throw new NotImplementedException();
}
