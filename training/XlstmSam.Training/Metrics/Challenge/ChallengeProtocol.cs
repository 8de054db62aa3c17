using XlstmSam.Imaging;

namespace XlstmSam.Training.Metrics;

/// <summary>One call as it went: what the segmenter was given, what it scored, how long it took.</summary>
public sealed record ChallengeStep(ChallengeRound Round, RoundScore Score, TimeSpan Elapsed);

/// <summary>Drives a segmenter through a case as the challenge does: a box round where there are boxes, then five clicks for every class.</summary>
/// <param name="clock">Measures the calls of the segmenter; making clicks and scores is not counted.</param>
public sealed class ChallengeProtocol(TimeProvider clock, TimeLimitRule timeLimit = TimeLimitRule.Warn)
{
    private readonly ClickSimulator simulator = new();

    /// <summary>Called after every round, for progress and traces.</summary>
    public Action<ChallengeStep>? Watch { get; init; }

    /// <summary>The first round whose NSD is measured; earlier ones have 0. The challenge measures all.</summary>
    public int FirstSurfaceRound { get; init; }

    /// <summary>Runs a case. Without boxes the first round is the first click and round 0 scores nothing.</summary>
    public ChallengeResult Run(IInteractiveSegmenter segmenter, ChallengeTask task)
    {
        var (image, truth, boxes) = task;
        var size = image.Volume.Size;
        Require(image, truth.Length, "labels");
        var regions = new LabelRegions(truth, size);
        var classes = regions.Classes;
        var clicks = Array.ConvertAll(classes, static _ => new List<Click?>());
        var labels = new ushort[size.Count];
        var (seconds, dsc, nsd) = (new double[ChallengeResult.Rounds], new double[ChallengeResult.Rounds], new double[ChallengeResult.Rounds]);
        for (var number = boxes is null ? 1 : 0; number < ChallengeResult.Rounds; number++)
        {
            var previous = number == 0 ? null : ToBytes(labels);
            if (previous is not null)
            {
                AddClicks(clicks, classes, previous, truth, regions, size);
            }

            var prompts = classes.Select((label, i) => new ClassPrompts(label, boxes?.ElementAtOrDefault(i), [.. clicks[i]]));
            var round = new ChallengeRound(number, image, [.. prompts], previous);
            var start = clock.GetTimestamp();
            var prediction = segmenter.Predict(round);
            var elapsed = clock.GetElapsedTime(start);

            labels = prediction ?? labels;
            Require(image, labels.Length, "prediction");
            var score = RoundScore.Of(truth, regions, labels, size, image.Volume.Geometry.Spacing, number >= FirstSurfaceRound);
            (seconds[number], dsc[number], nsd[number]) = (elapsed.TotalSeconds, score.Dsc, score.Nsd);
            Watch?.Invoke(new(round, score, elapsed));
        }

        return new ChallengeResult(image.CaseName, classes.Length, seconds, dsc, nsd).Under(timeLimit);
    }

    // All classes get their click of a round from the same prediction.
    private void AddClicks(
        List<Click?>[] clicks, ushort[] classes, ushort[] previous, ushort[] truth, LabelRegions regions, Size3 size)
    {
        var found = new LabelRegions(previous, size);
        for (var i = 0; i < classes.Length; i++)
        {
            var box = regions.Box(classes[i]).Union(found.Box(classes[i]));
            clicks[i].Add(simulator.Next<ushort>(previous, truth, classes[i], size, box));
        }
    }

    // The challenge keeps predictions as bytes between rounds, so a label above 255 comes back as another one.
    private static ushort[] ToBytes(ushort[] labels) =>
        labels.AsSpan().ContainsAnyExceptInRange((ushort)0, byte.MaxValue) ? Array.ConvertAll(labels, static l => (ushort)(l & 0xff)) : labels;

    private static void Require(ChallengeImage image, int voxels, string what)
    {
        if (voxels != image.Volume.Size.Count)
        {
            throw new InvalidDataException(
                $"Case '{image.CaseName}': {what} of {voxels} voxels for an image of {image.Volume.Size}; expected {image.Volume.Size.Count}.");
        }
    }
}
