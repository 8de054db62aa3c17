using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>Counts encoded points.</summary>
internal sealed class PointEncodingTally(TallyLedger ledger) : IPointEncoding
{
    public void Forward(in PointEncodingGeometry geometry, int firstLabel, View prompts, View gaussian, View encodings, I32View rows) =>
        ledger.Add("PointEncoding", TallyPass.Forward, geometry);
}
