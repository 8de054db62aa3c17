using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts scores.</summary>
internal sealed class MaskOverlapTally(TallyLedger ledger) : IMaskOverlap
{
    public void Dice(in MaskOverlapGeometry geometry, View logits, U8View targets, I32View pairs, View dice) =>
        ledger.Add("MaskOverlap", TallyPass.Forward, geometry);
}
