using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts the loss.</summary>
internal sealed class DiceCeTally(TallyLedger ledger) : IDiceCe
{
    public void Forward(in DiceCeGeometry geometry, in DiceCeWeights weights, View logits, U8View targets, View loss, View sums) =>
        ledger.Add("DiceCe", TallyPass.Forward, geometry);

    public void Backward(in DiceCeGeometry geometry, in DiceCeWeights weights, View dloss, View logits, U8View targets, View sums, View dlogits) =>
        ledger.AddBackward("DiceCe", geometry, data: !dlogits.IsNone, weight: false);
}
