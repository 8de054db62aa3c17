using XlstmSam.Training.Metrics;

namespace XlstmSam.Training;

/// <summary>Passes on to another segmenter and, where asked, keeps its predictions.</summary>
internal sealed class RecordingSegmenter(IInteractiveSegmenter inner, bool keeps) : IInteractiveSegmenter
{
    public List<ushort[]> Predictions { get; } = [];

    public ushort[]? Predict(ChallengeRound round)
    {
        var prediction = inner.Predict(round);
        if (keeps)
        {
            Predictions.Add(prediction ?? Predictions.LastOrDefault() ?? new ushort[round.Image.Volume.Size.Count]);
        }

        return prediction;
    }
}
