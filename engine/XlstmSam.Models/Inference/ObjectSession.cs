using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>
/// One object of one scan being segmented, by clicks and boxes in turn or by a list of prompts. Prompts are replayed in order exactly as training saw them: the box or the first click alone, then one click
/// more per round, each round with the previous logits. What was computed for a prefix of the prompts is kept, so a further click costs one
/// decoder pass and an undo none.
/// </summary>
public sealed class ObjectSession
{
    private const double ZoomStep = 1.5;
    private const int MaxZoomSteps = 4;
    private readonly Predictor predictor;
    private readonly PreparedScan scan;
    private readonly Stack<ObjectPrompts> before = new();
    private readonly List<Round> rounds = [];
    private ObjectPrompts replayed = ObjectPrompts.None;
    private Region? region;

    internal ObjectSession(Predictor predictor) => (this.predictor, scan) = (predictor, predictor.Scan);

    /// <summary>What was said and not taken back.</summary>
    public ObjectPrompts Prompts { get; private set; } = ObjectPrompts.None;

    /// <summary>A click on the object, or beside it. Nothing is computed before <see cref="Mask"/>.</summary>
    /// <param name="voxel">A continuous voxel index in the file's own axis order.</param>
    public void Click(Vector3d voxel, bool positive = true) => Change(Prompts with { Points = [.. Prompts.Points, new(voxel, positive)] });

    /// <summary>A box around the object, instead of any before.</summary>
    public void Box(BoxPrompt box) => Change(Prompts with { Box = box });

    /// <summary>Takes the last click or box back; false if there is none.</summary>
    public bool Undo()
    {
        if (!before.TryPop(out var prompts))
        {
            return false;
        }

        Prompts = prompts;
        return true;
    }

    /// <summary>The object as the clicks and boxes so far have it: 1 inside, 0 outside, in the scan's own geometry.</summary>
    /// <exception cref="ArgumentException">There is no click and no box.</exception>
    public Volume<byte> Mask() => NativeMask.Of(scan, Predict(Prompts));

    /// <summary>Logits for these prompts instead of the session's own, on the grid of the region they chose.</summary>
    public Volume<float> Predict(ObjectPrompts prompts)
    {
        if (prompts.IsEmpty)
        {
            throw new ArgumentException("ObjectSession: there is no prompt; give a click, a box or a mask.");
        }

        if (!ReferenceEquals(scan, predictor.Scan))
        {
            throw new InvalidOperationException("ObjectSession: the predictor has another image now; ask it for a new object.");
        }

        var config = predictor.Model.Config;
        RequireKinds(config, prompts);
        var chosen = RegionPolicy.Choose(config, scan, prompts, rounds.Count > 0 && Extends(prompts) ? region : null);
        var logits = Replay(prompts, chosen);
        var middle = Region.OnVolume(scan.Image.Geometry);
        if (config.Roi == RoiPolicy.Volume && chosen == middle && RegionPolicy.OffMiddle(config, scan, prompts) is { } beside
            && RegionBorder.Touches(logits, scan.Image.Geometry))
        {
            // The prompts lie towards a face and the object runs out of it: the grid goes where the prompts are.
            chosen = beside;
            logits = Replay(prompts, chosen);
        }

        for (var zoom = 0; (config.Roi == RoiPolicy.Prompt || chosen != middle) && zoom < MaxZoomSteps && RegionBorder.Touches(logits, scan.Image.Geometry); zoom++)
        {
            chosen = chosen with { Zoom = chosen.Zoom * ZoomStep };
            logits = Replay(prompts, chosen);
        }

        return logits;
    }

    private static void RequireKinds(ModelConfig config, ObjectPrompts prompts)
    {
        var known = config.Traits().Prompts;
        if ((prompts.Kinds & ~known) is var unknown and not PromptKinds.None)
        {
            throw new InvalidDataException(
                $"The model '{config.Name}' takes prompts of the kinds {known.ToString().ToLowerInvariant()}, not {unknown.ToString().ToLowerInvariant()}; leave it out or use another model.");
        }
    }

    private void Change(ObjectPrompts wanted)
    {
        before.Push(Prompts);
        Prompts = wanted;
    }

    private Volume<float> Replay(ObjectPrompts prompts, Region chosen)
    {
        if (region != chosen || !Extends(prompts))
        {
            rounds.Clear();
        }

        (region, replayed) = (chosen, prompts);
        var grid = predictor.Grid(chosen);
        var plan = RoundPlan.Of(RoundPlan.Within(prompts, scan, grid), predictor.Model.Config.Clicks);
        if (rounds.Count > plan.Count)
        {
            rounds.RemoveRange(plan.Count, rounds.Count - plan.Count);
        }

        for (var r = rounds.Count; r < plan.Count; r++)
        {
            var first = r == 0 && prompts.Mask is not null ? MaskPrompt.LowRes(predictor, prompts.Mask, grid) : null;
            var (low, full) = predictor.Decode(chosen, plan[r].ToBatch(scan, grid), r == 0 ? first : rounds[r - 1].LowRes);
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
