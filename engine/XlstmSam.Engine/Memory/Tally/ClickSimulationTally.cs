using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts clicks.</summary>
internal sealed class ClickSimulationTally(TallyLedger ledger) : IClickSimulation
{
    public void Place(in ClickGeometry geometry, float threshold, View logits, U8View targets, I32View draws, View prompts) =>
        ledger.Add("ClickSimulation", TallyPass.Forward, geometry);
}
