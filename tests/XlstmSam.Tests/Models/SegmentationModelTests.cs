using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.OpCases;
using XlstmSam.Training;

namespace XlstmSam.Tests.Models;

/// <summary>What holds for the whole model, whatever its configuration.</summary>
public sealed class SegmentationModelTests : IDisposable
{
    private const float Steepness = 30;

    /// <summary>Short enough for a straight line, long enough for the rounding of a float loss.</summary>
    private const double Step = 1e-3;
    private readonly CpuBackend backend = new(threads: 2);

    [Theory]
    [InlineData(8, 4, 12)]
    [InlineData(4, 4, 4)]
    [InlineData(6, 10, 4)]
    public void AnySizeDivisibleByTheStride(int x0, int x1, int x2)
    {
        var config = MicroModel.Config with { Size = [x0, x1, x2] };
        using var model = MicroModel.Build(backend, config);
        Assert.Equal(new Extent3(2 * x0, 2 * x1, 2 * x2), model.LowRes);
        var (loss, logits) = MicroModel.Step(model, [MicroModel.Image(config, 1)], [1], backward: true);
        Assert.True(double.IsFinite(loss));
        Assert.Equal(model.LowRes.Count, logits.Length);
        Assert.All(MicroModel.Gradients(model), g => Assert.True(float.IsFinite(g)));
    }

    [Fact]
    public void AnotherSizeIsRefused()
    {
        using var model = MicroModel.Build(backend, MicroModel.Config);
        using var arena = Arena.Free(backend);
        var tape = Tape.ForInference(backend, arena);
        var error = Assert.Throws<ArgumentException>(() => model.Encode(tape, tape.Zeros(new(1, 8, 5, 12, 1))));
        Assert.Contains("divisible by the total stride 2", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Along its gradient the loss rises by the gradient's norm; one parameter at a time, drawn from those that have a gradient.</summary>
    [Theory]
    [InlineData("micro", 24)]
    [InlineData("micro-unet", 16)]
    public void GradientsAreThoseOfTheLoss(string family, int picks)
    {
        using var model = MicroModel.Build(backend, MicroModel.Named(family));
        Steepen(model);
        float[][] images = [MicroModel.Image(MicroModel.Config, 1), MicroModel.Image(MicroModel.Config, 2)];
        MicroModel.Step(model, images, [1, 2], backward: true);

        // Below this norm the loss is too flat for a difference of floats; the bias of a convolution before a norm has gradient zero.
        var candidates = model.Parameters.All.Where(p => p.ReceivedGradient).Select(
            p => (Parameter: p, Gradient: ParameterStore.Read(backend, p, model.Parameters.Gradients)))
            .Select(c => (c.Parameter, c.Gradient, Norm: Math.Sqrt(c.Gradient.Sum(g => (double)g * g)))).Where(c => c.Norm >= 1e-2).ToArray();
        Assert.True(candidates.Length >= picks, $"only {candidates.Length} parameters have a gradient that can be checked");
        foreach (var pick in Sampler.Permutation(3, candidates.Length).Take(picks))
        {
            var (parameter, gradient, norm) = candidates[pick];
            var values = ParameterStore.Read(backend, parameter);
            double Loss(double along)
            {
                ParameterStore.Write(backend, parameter, [.. values.Zip(gradient, (v, g) => (float)(v + (along * g / norm)))]);
                return MicroModel.Step(model, images, [1, 2], backward: false).Loss;
            }

            var slope = (Loss(Step) - Loss(-Step)) / (2 * Step);
            ParameterStore.Write(backend, parameter, values);
            Assert.True(Math.Abs(slope - norm) <= (0.02 * norm) + 1e-4, $"{parameter.Name}: the loss rises by {slope:0.0000}, the gradient says {norm:0.0000}");
        }
    }

    [Theory]
    [MemberData(nameof(MicroModel.Families), MemberType = typeof(MicroModel))]
    public void CheckpointedStagesGiveTheSameBits(string family)
    {
        var config = MicroModel.Named(family);
        var (plain, plainLogits) = Gradients(config, []);
        var (recomputed, logits) = Gradients(config, StageList.All(config));
        Assert.Equal(plainLogits, logits);
        Assert.Equal(plain, recomputed);
    }

    [Theory]
    [MemberData(nameof(MicroModel.Families), MemberType = typeof(MicroModel))]
    public void SamplesOfABatchDoNotMeet(string family)
    {
        using var model = MicroModel.Build(backend, MicroModel.Named(family));
        // The signs of clicks alternate along the batch; the first and the last of three may change places.
        float[][] images = [MicroModel.Image(MicroModel.Config, 1), MicroModel.Image(MicroModel.Config, 2), MicroModel.Image(MicroModel.Config, 3)];
        var (loss, logits) = MicroModel.Step(model, images, [1, 2, 3], backward: false);
        var (turned, turnedLogits) = MicroModel.Step(model, [images[2], images[1], images[0]], [3, 2, 1], backward: false);
        var length = logits.Length / 3;
        Assert.Equal(loss, turned, 1e-6);
        for (var sample = 0; sample < 3; sample++)
        {
            for (var i = 0; i < length; i++)
            {
                Assert.Equal(logits[(sample * length) + i], turnedLogits[((2 - sample) * length) + i], 1e-5);
            }
        }
    }

    public void Dispose() => backend.Dispose();

    /// <summary>Freshly drawn weights give logits near zero, whose loss hardly depends on any parameter; larger weights of the last layer change
    /// that.</summary>
    private void Steepen(IPromptModel model)
    {
        var last = model.Parameters.All.Where(p => p.Name.StartsWith("mask_decoder.output_hypernetworks_mlps.0.layers.2.", StringComparison.Ordinal));
        foreach (var parameter in last)
        {
            ParameterStore.Write(backend, parameter, [.. ParameterStore.Read(backend, parameter).Select(value => Steepness * value)]);
        }
    }

    private (float[] Gradients, float[] Logits) Gradients(ModelConfig config, string[] recompute)
    {
        using var model = MicroModel.Build(backend, config, recompute: recompute);
        var (_, logits) = MicroModel.Step(model, [MicroModel.Image(config, 1), MicroModel.Image(config, 2)], [1, 2], backward: true);
        return (MicroModel.Gradients(model), logits);
    }
}
