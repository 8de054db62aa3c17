using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts updates: about 12 operations per parameter; four arrays read, three written.</summary>
internal sealed class AdamWTally(TallyLedger ledger) : IAdamW
{
    public void Update(in AdamWStep step, View sumOfSquares, View parameters, View gradients, View firstMoment, View secondMoment) =>
        ledger.Add("AdamW", TallyPass.Update, 12 * parameters.Length, 7 * parameters.Length * sizeof(float));
}
