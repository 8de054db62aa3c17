using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>What one micro-batch gave. Dice values are means over prompts; Drop is NaN without two targets of one image.</summary>
/// <param name="FirstDice">After the first prompt.</param>
/// <param name="Dice">After the last round.</param>
/// <param name="Drop">How much Dice falls in round 0 when the prompt is on another part of the same image: near 0, the prompt is not used.</param>
public sealed record MicroBatchResult(double Loss, double FirstDice, double Dice, double Drop);

/// <summary>
/// Encode once, then click, decode and add to the loss for every round, then backward. Gradients run through the mask that each round hands to
/// the next. Source: SAM-Med3D, train.py. The host uploads before and downloads after; between, clicks fall on the device.
/// </summary>
public sealed class TrainingStep(IPromptModel model, TrainingConfig config, PlannedPass passes)
{
    /// <summary>Adds the gradients of a micro-batch, divided by the accumulation, to the parameters'.</summary>
    public MicroBatchResult Run(IReadOnlyList<TrainingSample> samples, long microBatch)
    {
        RequireTargets(samples);
        var clicks = Clicks(samples, microBatch);
        return passes.Run(
            $"step: {samples.Count} images, {string.Join('+', samples.Select(s => s.Targets.Length))}, {clicks.Signature}",
            tape => Upload(tape, samples, clicks),
            (tape, inputs) => Compute(tape, inputs, clicks),
            (tape, values) => Result(tape.Download(values), samples));
    }

    /// <summary>Rehearses the step: only the numbers of images and targets count.</summary>
    public MemoryPlan Plan(IReadOnlyList<TrainingSample> samples, CountingBackend tally)
    {
        var clicks = Clicks(samples, microBatch: 0);
        return passes.Plan("step", tape => Upload(tape, samples, clicks), (tape, inputs) => Compute(tape, inputs, clicks), (tape, values) => tape.Download(values), tally);
    }

    private double RoundWeight => config.LossReduction == LossReduction.Mean ? 1.0 / config.Rounds : 1;

    private ClickPlan Clicks(IReadOnlyList<TrainingSample> samples, long microBatch) =>
        new(config, model.Config.Clicks, model.Input.Size, [.. samples.SelectMany(s => s.Targets)], microBatch);

    private StepInputs Upload(Tape tape, IReadOnlyList<TrainingSample> samples, ClickPlan clicks)
    {
        var image = tape.Empty(model.Input.Images(samples.Count), requiresGrad: false);
        int[] owners = [.. samples.SelectMany((sample, image) => Enumerable.Repeat(image, sample.Targets.Length))];
        var labels = tape.Arena.Rent(owners.Length * model.Input.Size.Count);
        if (!tape.Arena.IsPlanning)
        {
            tape.Backend.Upload(Joined([.. samples.Select(sample => sample.Image)]), image.Data);
            tape.Backend.Upload(Joined([.. samples.SelectMany(sample => sample.Targets)]), labels.Bytes8);
        }

        var pairs = PromptScores.Pairs(samples);
        return new(
            image, tape.Indices(owners), labels, clicks.Upload(tape), tape.Indices(clicks.Draws), tape.Indices(pairs), tape.Indices(pairs.AsSpan(0, 2 * owners.Length)));
    }

    /// <summary>The losses of all rounds, the Dice of all pairs after the first prompt, and every target's own after the last round.</summary>
    private Tensor Compute(Tape tape, StepInputs inputs, ClickPlan clicks)
    {
        var targets = inputs.Prompts.Shape[0];
        var embedding = Expand(tape, model.Encode(tape, inputs.Image), inputs.Owners, targets);
        var mask = tape.Zeros(new(targets, model.LowRes.D, model.LowRes.H, model.LowRes.W));
        var losses = new List<Tensor>(config.Rounds);
        Tensor? full = null, first = null;
        for (var round = 0; round < config.Rounds; round++)
        {
            if (clicks.Clicks(round))
            {
                ClickSimulation.Place(tape, model.Input.Size, full, config.ClickThreshold, inputs.Labels, inputs.Draws, round, inputs.Prompts, clicks.Entry(round));
            }

            mask = model.Decode(tape, embedding, clicks.VisiblePrompts(round, inputs.Prompts), mask);
            full = model.Upscale(tape, mask);
            losses.Add(DiceCe.Apply(tape, full, inputs.Labels, DiceCeWeights.Default));
            first ??= MaskOverlap.Dice(tape, full, inputs.Labels, inputs.Pairs);
        }

        var values = Concat.Apply(tape, [.. losses, first!, MaskOverlap.Dice(tape, full!, inputs.Labels, inputs.OwnPairs)], axis: 0);
        tape.Backward(losses, (float)(RoundWeight / config.Accumulation));
        return values;
    }

    private MicroBatchResult Result(ReadOnlySpan<float> values, IReadOnlyList<TrainingSample> samples)
    {
        var targets = samples.Sum(sample => sample.Targets.Length);
        var loss = 0.0;
        foreach (var value in values[..config.Rounds])
        {
            loss += value;
        }

        var dice = values[config.Rounds..^targets];
        return new(loss * RoundWeight, PromptScores.Mean(dice[..targets]), PromptScores.Mean(values[^targets..]), PromptScores.Drop(dice, samples));
    }

    /// <summary>One copy of an image's embedding per target of that image.</summary>
    private static Tensor Expand(Tape tape, Tensor embedding, Block owners, int targets)
    {
        var images = embedding.Shape[0];
        if (images == 1)
        {
            return embedding;
        }

        var width = (int)(embedding.Shape.Length / images);
        return Gather.Apply(tape, embedding.Reshape(images, width), owners, new(targets, width)).Reshape(embedding.Shape.With(0, targets));
    }

    /// <summary>The parts one after the other; a single part as it is.</summary>
    private static T[] Joined<T>(T[][] parts)
    {
        if (parts.Length == 1)
        {
            return parts[0];
        }

        var whole = new T[parts.Sum(part => part.Length)];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(whole, at);
            at += part.Length;
        }

        return whole;
    }

    private static void RequireTargets(IReadOnlyList<TrainingSample> samples)
    {
        foreach (var sample in samples.Where(sample => sample.Targets.Any(target => !target.AsSpan().ContainsAnyExcept((byte)0))))
        {
            throw new InvalidOperationException($"TrainingStep: a target of {sample.CaseId} is empty; the sample source must leave such targets out.");
        }
    }
}
