using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts scans. Each product of forward has two gradients.</summary>
internal sealed class MlstmScanTally(TallyLedger ledger, IMlstmScan real) : IMlstmScan
{
    public long SavedLength(in MlstmScanGeometry geometry) => real.SavedLength(geometry);

    public void Forward(in MlstmScanGeometry geometry, float epsilon, View q, View k, View v, View i, View f, View h, View saved) =>
        ledger.Add("MlstmScan", TallyPass.Forward, geometry);

    public void Backward(
        in MlstmScanGeometry geometry, float epsilon, View dh, View q, View k, View v, View i, View f, View h, View saved, View dq, View dk, View dv, View di, View df) =>
        ledger.Add("MlstmScan", TallyPass.BackwardData, geometry, 2 * geometry.Flops, 2 * geometry.Bytes);
}
