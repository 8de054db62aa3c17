using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts layer norms.</summary>
internal sealed class LayerNormTally(TallyLedger ledger) : ILayerNorm
{
    public void Forward(in LayerNormGeometry geometry, float epsilon, float scaleOffset, View x, View weight, View bias, View y, View mean, View rstd) =>
        ledger.Add("LayerNorm", TallyPass.Forward, geometry);

    public void Backward(in LayerNormGeometry geometry, float scaleOffset, View dy, View x, View weight, View mean, View rstd, View dx, View dweight, View dbias) =>
        ledger.AddBackward("LayerNorm", geometry, data: !dx.IsNone, weight: !dweight.IsNone);
}
