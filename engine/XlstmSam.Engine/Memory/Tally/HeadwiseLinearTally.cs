using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts block-diagonal linear maps.</summary>
internal sealed class HeadwiseLinearTally(TallyLedger ledger) : IHeadwiseLinear
{
    public void Forward(in HeadwiseLinearGeometry geometry, View x, View weight, View y) => ledger.Add("HeadwiseLinear", TallyPass.Forward, geometry);

    public void Backward(in HeadwiseLinearGeometry geometry, View dy, View x, View weight, View dx, View dweight) =>
        ledger.AddBackward("HeadwiseLinear", geometry, data: !dx.IsNone, weight: !dweight.IsNone);
}
