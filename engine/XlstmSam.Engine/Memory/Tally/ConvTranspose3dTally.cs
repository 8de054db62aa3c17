using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts transposed convolutions.</summary>
internal sealed class ConvTranspose3dTally(TallyLedger ledger, IConvTranspose3d real) : IConvTranspose3d
{
    public long WorkspaceLength(in ConvTranspose3dGeometry geometry) => real.WorkspaceLength(geometry);

    public void Forward(in ConvTranspose3dGeometry geometry, View x, View weight, View bias, View y, View workspace) =>
        ledger.Add("ConvTranspose3d", TallyPass.Forward, geometry);

    public void Backward(in ConvTranspose3dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias, View workspace) =>
        ledger.AddBackward("ConvTranspose3d", geometry, data: !dx.IsNone, weight: !dweight.IsNone);
}
