using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Models;

/// <summary>A model of a few thousand parameters with every part of a large one, and a training step of two clicks for it.</summary>
internal static class MicroModel
{
    public static XlstmSamConfig Config { get; } = new()
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

    /// <summary>The same of the other family.</summary>
    public static ResidualUNetConfig UNet { get; } = new()
    {
        Name = "micro-unet",
        Size = [8, 4, 12],
        Clicks = ClickPolicy.All,
        Features = [4, 6],
        Blocks = [1, 2],
        ClickRadius = 2,
    };

    /// <summary>A configuration of each family.</summary>
    public static TheoryData<string> Families => [Config.Name, UNet.Name];

    public static ModelConfig Named(string name) => name == UNet.Name ? UNet : Config;

    public static IPromptModel Build(IBackend backend, ModelConfig config, ulong seed = 7, string[]? recompute = null)
    {
        var model = ModelFamilies.Build(config, backend, training: true, recompute);
        model.Initialize(seed);
        return model;
    }

    /// <summary>(batch, X0, X1, X2, 1), or one image of such a batch.</summary>
    public static float[] Image(ModelConfig config, int seed) => Sampler.Normal(seed, new(config.Size[0], config.Size[1], config.Size[2])).Values;

    /// <summary>A <see cref="MicroStep"/> in memory of its own.</summary>
    public static (double Loss, float[] Logits) Step(IPromptModel model, float[][] images, int[] seeds, bool backward)
    {
        using var arena = Arena.Free(model.Backend);
        var (tape, step) = (Tape.ForTraining(model.Backend, arena), new MicroStep(model, images, seeds, backward));
        return step.Outputs(tape, step.Compute(tape, step.Inputs(tape)));
    }

    /// <summary>All gradients, in order of the parameters.</summary>
    public static float[] Gradients(IPromptModel model)
    {
        var values = new float[model.Parameters.Gradients.Length];
        model.Backend.Download(model.Parameters.Gradients, values);
        return values;
    }
}
