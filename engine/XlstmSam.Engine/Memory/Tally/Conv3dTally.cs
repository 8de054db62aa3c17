using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts convolutions.</summary>
internal sealed class Conv3dTally(TallyLedger ledger, IConv3d real) : IConv3d
{
    public long WorkspaceLength(in Conv3dGeometry geometry) => real.WorkspaceLength(geometry);

    public void Forward(in Conv3dGeometry geometry, View x, View weight, View bias, View y, View workspace) =>
        ledger.Add("Conv3d", TallyPass.Forward, geometry);

    public void ForwardWithMoments(
        in Conv3dGeometry geometry, View x, View weight, View bias, View y, float epsilon, View mean, View rstd, View workspace) =>
        ledger.Add("Conv3d", TallyPass.Forward, geometry);

    public void BackwardData(in Conv3dGeometry geometry, View dy, View weight, View dx, View workspace) =>
        ledger.AddBackward("Conv3d", geometry, data: !dx.IsNone, weight: false);

    public void BackwardWeight(in Conv3dGeometry geometry, View dy, View x, View dweight, View dbias, View workspace) =>
        ledger.AddBackward("Conv3d", geometry, data: false, weight: !dweight.IsNone);
}
