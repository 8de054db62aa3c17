using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts causal convolutions.</summary>
internal sealed class CausalConv1dTally(TallyLedger ledger) : ICausalConv1d
{
    public void Forward(in CausalConv1dGeometry geometry, View x, View weight, View bias, View y) =>
        ledger.Add("CausalConv1d", TallyPass.Forward, geometry);

    public void Backward(in CausalConv1dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias) =>
        ledger.AddBackward("CausalConv1d", geometry, data: !dx.IsNone, weight: !dweight.IsNone);
}
