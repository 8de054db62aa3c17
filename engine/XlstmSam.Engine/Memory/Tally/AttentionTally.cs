using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts attention. Forward is two products; backward is four and the scores once more.</summary>
internal sealed class AttentionTally(TallyLedger ledger) : IAttention
{
    public void Forward(in AttentionGeometry geometry, View q, View k, View v, View y, View logSumExp) =>
        ledger.Add("Attention", TallyPass.Forward, geometry);

    public void Backward(in AttentionGeometry geometry, View dy, View q, View k, View v, View y, View logSumExp, View dq, View dk, View dv) =>
        ledger.Add("Attention", TallyPass.BackwardData, geometry, geometry.Flops / 2 * 5, 2 * geometry.Bytes);
}
