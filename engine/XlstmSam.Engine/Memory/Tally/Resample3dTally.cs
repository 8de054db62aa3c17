using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts resizes.</summary>
internal sealed class Resample3dTally(TallyLedger ledger) : IResample3d
{
    public void Forward(in Resample3dGeometry geometry, View x, View y) => ledger.Add("Resample3d", TallyPass.Forward, geometry);

    public void Backward(in Resample3dGeometry geometry, View dy, View dx) => ledger.AddBackward("Resample3d", geometry, data: !dx.IsNone, weight: false);
}
