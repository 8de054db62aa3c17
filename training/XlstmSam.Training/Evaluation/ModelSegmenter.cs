using XlstmSam.Imaging;
using XlstmSam.Models;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Training;

/// <summary>
/// The model as the challenge's evaluator drives it, on one scan: every class is an object of its own, and a voxel goes to the class with the
/// largest positive logit. A class without a click since the last round keeps its logits.
/// </summary>
public sealed class ModelSegmenter : IInteractiveSegmenter
{
    private readonly Predictor predictor;
    private readonly PreparedScan scan;
    private readonly SortedDictionary<ushort, TrackedClass> classes = [];

    /// <param name="predictor">Works on this scan until the segmenter is done.</param>
    public ModelSegmenter(Predictor predictor, PreparedScan scan)
    {
        (this.predictor, this.scan) = (predictor, scan);
        predictor.SetImage(scan);
    }

    public ushort[] Predict(ChallengeRound round)
    {
        foreach (var prompts in round.Classes)
        {
            Update(prompts);
        }

        return NativeMask.Merge(scan, [.. classes.Select(c => (c.Key, c.Value.Logits))]).Voxels;
    }

    private void Update(ClassPrompts prompts)
    {
        var points = prompts.Clicks.OfType<Click>().Select(click => new PointPrompt(new(click.X, click.Y, click.Z), click.Positive)).ToArray();
        var box = prompts.Box is { } b ? new BoxPrompt(new(b.XMin, b.YMin, b.ZMin), new(b.XMax, b.YMax, b.ZMax)) : (BoxPrompt?)null;
        var wanted = new ObjectPrompts(points, box);
        var known = classes.GetValueOrDefault(prompts.Label);
        if (wanted.IsEmpty || (known is not null && known.Prompts.Box == box && known.Prompts.Points.SequenceEqual(points)))
        {
            return;
        }

        var session = known?.Session ?? predictor.NewObject();
        classes[prompts.Label] = new(session, wanted, session.Predict(wanted));
    }

    private sealed record TrackedClass(ObjectSession Session, ObjectPrompts Prompts, Volume<float> Logits);
}
