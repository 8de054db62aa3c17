using XlstmSam.Engine;
using XlstmSam.Imaging;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Training.Clicks;

namespace XlstmSam.Training;

/// <summary>What one micro-batch gave. Dice values are means over prompts; Drop is NaN without two targets of one image.</summary>
/// <param name="FirstDice">After the first prompt.</param>
/// <param name="Dice">After the last round.</param>
/// <param name="Drop">How much Dice falls in round 0 when the prompt is on another part of the same image: near 0, the prompt is not used.</param>
public sealed record MicroBatchResult(double Loss, double FirstDice, double Dice, double Drop);

/// <summary>
/// Encode once, then click, decode and add to the loss for every round, then backward. Gradients run through the mask that each round hands to
/// the next. Source: SAM-Med3D, train.py.
/// </summary>
public sealed class TrainingStep(SegmentationModel model, TrainingConfig config, PlannedPass passes)
{
    private readonly TrainingClicks simulator = new(new Size3(model.Size.W, model.Size.H, model.Size.D));

    // The logits of the last round, in an array that every round and step uses again.
    private float[] downloaded = [];

    /// <summary>Adds the gradients of a micro-batch, divided by the accumulation, to the parameters'.</summary>
    public MicroBatchResult Run(IReadOnlyList<TrainingSample> samples, long microBatch)
    {
        var session = Session(samples, microBatch);
        return passes.Run($"step: {samples.Count} images, {string.Join('+', samples.Select(s => s.Targets.Length))}, {session.Signature}", tape => Pass(tape, samples, microBatch));
    }

    /// <summary>The same pass as a function of a tape, for planning without running: then only the numbers of images and targets count.</summary>
    public MicroBatchResult Pass(Tape tape, IReadOnlyList<TrainingSample> samples, long microBatch)
    {
        var session = Session(samples, microBatch);
        var targets = samples.SelectMany(sample => sample.Targets).ToArray();
        var planning = tape.Arena.IsPlanning;
        var labels = planning ? tape.Arena.Rent(targets.Length * model.Size.Count) : tape.Labels(Joined(targets));
        var embedding = Expand(tape, Encode(tape, samples), samples);
        var positions = model.Positions(tape);
        var mask = tape.Zeros(new(targets.Length, model.LowRes.D, model.LowRes.H, model.LowRes.W));
        var losses = new List<Tensor>(config.Rounds);
        var logits = Array.Empty<float>();
        var (firstDice, drop) = (double.NaN, double.NaN);
        for (var round = 0; round < config.Rounds; round++)
        {
            mask = model.Decode(tape, embedding, positions, model.Prompts(tape, session.Next(round, logits, planning)), mask);
            var full = model.Upscale(tape, mask);
            losses.Add(DiceCe.Apply(tape, full, labels, DiceCeWeights.Default));
            if (planning)
            {
                continue;
            }

            logits = downloaded.Length == full.Shape.Length ? downloaded : downloaded = new float[full.Shape.Length];
            tape.Backend.Download(full.Data, logits);
            if (round == 0)
            {
                firstDice = PromptScores.Dice(logits, targets);
                drop = PromptScores.Drop(logits, samples);
            }
        }

        var loss = Values(tape, losses) * RoundWeight;
        tape.Backward(losses, (float)(RoundWeight / config.Accumulation));
        return new(loss, firstDice, planning ? double.NaN : PromptScores.Dice(logits, targets), drop);
    }

    private double RoundWeight => config.LossReduction == LossReduction.Mean ? 1.0 / config.Rounds : 1;

    private ClickSession Session(IReadOnlyList<TrainingSample> samples, long microBatch) =>
        new(config, model.Config.Clicks, model.Size, [.. samples.SelectMany(s => s.Targets)], simulator, microBatch);

    private Tensor Encode(Tape tape, IReadOnlyList<TrainingSample> samples)
    {
        var size = model.Size;
        var shape = new Shape(samples.Count, size.D, size.H, size.W, 1);
        return model.Encode(tape, tape.Arena.IsPlanning ? tape.Empty(shape, requiresGrad: false) : tape.From(shape, Joined([.. samples.Select(sample => sample.Image)])));
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

    /// <summary>One copy of an image's embedding per target of that image.</summary>
    private Tensor Expand(Tape tape, Tensor embedding, IReadOnlyList<TrainingSample> samples)
    {
        var owners = samples.SelectMany((sample, image) => Enumerable.Repeat(image, sample.Targets.Length)).ToArray();
        if (samples.Count == 1)
        {
            return embedding;
        }

        var width = (int)(embedding.Shape.Length / samples.Count);
        var copies = Gather.Apply(tape, embedding.Reshape(samples.Count, width), tape.Indices(owners), new(owners.Length, width));
        return copies.Reshape(embedding.Shape.With(0, owners.Length));
    }

    private static double Values(Tape tape, List<Tensor> losses)
    {
        var sum = 0.0;
        Span<float> value = stackalloc float[1];
        foreach (var loss in losses)
        {
            tape.Backend.Download(loss.Data, value);
            sum += value[0];
        }

        return sum;
    }
}
