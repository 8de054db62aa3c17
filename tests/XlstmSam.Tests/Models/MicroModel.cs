using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Models;

/// <summary>A model of a few thousand parameters with every part of a large one, and a training step of two clicks for it.</summary>
internal static class MicroModel
{
    public static ModelConfig Config { get; } = new()
    {
        Name = "micro",
        Size = [8, 4, 12],
        Embedding = 12,
        DecoderHeads = 2,
        DecoderMlp = 16,
        IouHidden = 8,
        MaskChannels = 16,
        Encoder = new() { Stem = 4, Features = [4, 8], Strides = [1, 2], Blocks = [1, 2], Mixers = [Mixer.Basic, Mixer.Vil] },
    };

    public static SegmentationModel Build(IBackend backend, ModelConfig config, ulong seed = 7)
    {
        var model = new SegmentationModel(config, backend, training: true);
        model.Initialize(seed);
        return model;
    }

    /// <summary>(batch, X0, X1, X2, 1), or one image of such a batch.</summary>
    public static float[] Image(ModelConfig config, int seed) => Sampler.Normal(seed, new(config.Size[0], config.Size[1], config.Size[2])).Values;

    /// <summary>Two rounds: a click of its own per sample with no mask, then another with the first round's logits. Gives the logits of the last.</summary>
    public static (double Loss, float[] Logits) Step(SegmentationModel model, float[][] images, int[] seeds, bool backward)
    {
        var (batch, backend) = (images.Length, model.Backend);
        using var arena = Arena.Free(backend);
        var tape = Tape.ForTraining(backend, arena);
        var image = tape.From(new(batch, model.Size.D, model.Size.H, model.Size.W, 1), [.. images.SelectMany(i => i)]);
        var labels = tape.Labels([.. seeds.SelectMany(seed => Sampler.Labels(seed, model.Size.Count))]);
        var embedding = model.Encode(tape, image);
        Tensor? mask = null;
        var losses = new List<Tensor>();
        for (var round = 0; round < 2; round++)
        {
            mask = model.Decode(tape, embedding, Clicks(model, seeds, round).Upload(tape), mask);
            losses.Add(DiceCe.Apply(tape, model.Upscale(tape, mask), labels, DiceCeWeights.Default));
        }

        var logits = new float[mask!.Shape.Length];
        backend.Download(mask.Data, logits);
        var value = new float[1];
        var sum = 0.0;
        foreach (var loss in losses)
        {
            backend.Download(loss.Data, value);
            sum += value[0];
        }

        if (backward)
        {
            tape.Backward(losses);
        }

        return (sum, logits);
    }

    /// <summary>All gradients, in order of the parameters.</summary>
    public static float[] Gradients(SegmentationModel model)
    {
        var values = new float[model.Parameters.Gradients.Length];
        model.Backend.Download(model.Parameters.Gradients, values);
        return values;
    }

    private static PromptBatch Clicks(SegmentationModel model, int[] seeds, int round)
    {
        var points = seeds.SelectMany(seed => Enumerable.Range(0, 3).Select(axis =>
            MathF.Floor((float)Sampler.Unit(seed + (10 * round), axis) * model.Config.Size[axis]))).ToArray();
        return new(seeds.Length, 1, points, [.. seeds.Select((_, sample) => (sample + round) % 2)]);
    }
}
