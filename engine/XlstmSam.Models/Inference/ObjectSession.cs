using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>
/// One object being segmented. Prompts are replayed in order exactly as training saw them: the box or the first click alone, then one click
/// more per round, each round with the previous logits. What was computed for a prefix of the prompts is kept, so a further click costs one
/// decoder pass and an undo none.
/// </summary>
public sealed class ObjectSession
{
    private const double ZoomStep = 1.5;
    private const int MaxZoomSteps = 4;
    private readonly Predictor predictor;
    private readonly List<Round> rounds = [];
    private ObjectPrompts replayed = ObjectPrompts.None;
    private Region? region;

    internal ObjectSession(Predictor predictor) => this.predictor = predictor;

    /// <summary>Logits for the prompts, on the grid of the region they chose.</summary>
    public Volume<float> Predict(ObjectPrompts prompts)
    {
        if (prompts.IsEmpty)
        {
            throw new ArgumentException("ObjectSession: there is no prompt; give a click, a box or a mask.");
        }

        var config = predictor.Model.Config;
        var chosen = RegionPolicy.Choose(config, predictor.Scan, prompts, rounds.Count > 0 && Extends(prompts) ? region : null);
        var logits = Replay(prompts, chosen);
        for (var zoom = 0; config.Roi == RoiPolicy.Prompt && zoom < MaxZoomSteps && RegionBorder.Touches(logits, predictor.Scan.Image.Geometry); zoom++)
        {
            chosen = chosen with { Zoom = chosen.Zoom * ZoomStep };
            logits = Replay(prompts, chosen);
        }

        return logits;
    }

    private Volume<float> Replay(ObjectPrompts prompts, Region chosen)
    {
        if (region != chosen || !Extends(prompts))
        {
            rounds.Clear();
        }

        (region, replayed) = (chosen, prompts);
        var grid = predictor.Grid(chosen);
        var plan = RoundPlan.Of(prompts, predictor.Model.Config.Clicks);
        if (rounds.Count > plan.Count)
        {
            rounds.RemoveRange(plan.Count, rounds.Count - plan.Count);
        }

        for (var r = rounds.Count; r < plan.Count; r++)
        {
            var first = r == 0 && prompts.Mask is not null ? MaskPrompt.LowRes(predictor, prompts.Mask, grid) : null;
            var (low, full) = predictor.Decode(chosen, plan[r].ToBatch(predictor.Scan, grid), r == 0 ? first : rounds[r - 1].LowRes);
            rounds.Add(new(low, full));
        }

        return GridInput.FromArrayOrder<float>(grid, rounds[^1].Grid);
    }

    /// <summary>True if what was replayed and the new prompts are prefixes of one another, so that common rounds hold.</summary>
    private bool Extends(ObjectPrompts prompts)
    {
        var common = Math.Min(prompts.Points.Count, replayed.Points.Count);
        return prompts.Box == replayed.Box && ReferenceEquals(prompts.Mask, replayed.Mask) && prompts.Points.Take(common).SequenceEqual(replayed.Points.Take(common));
    }

    private sealed record Round(float[] LowRes, float[] Grid);
}
