using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;

namespace XlstmSam.Tests.Models;

/// <summary>Parameter counts against upstream's modules and against closed forms.</summary>
public sealed class ParameterCountTests
{
    /// <summary>What 'tiny' has without the norm that its ViL mixer saves and never calls.</summary>
    private const long TinyWithoutUnusedNorm = 1_190_388;

    [Theory]
    [InlineData("paper", 4, 20_434_176)]
    [InlineData("paper", 2, 20_433_408)]
    [InlineData("small", 4, 20_434_176)]
    [InlineData("small", 2, 20_433_408)]
    [InlineData("paper-vil5", 4, 19_420_600)]
    [InlineData("tiny", 4, TinyWithoutUnusedNorm + (2 * 96))]
    public void PresetsHaveTheirSize(string preset, int pointEmbeddings, long expected)
    {
        using var backend = new CpuBackend(threads: 1);
        using var model = ModelFamilies.Build((XlstmSamConfig)Presets.Get(preset) with { PointEmbeddings = pointEmbeddings }, backend, training: false);
        Assert.Equal(expected, model.Parameters.Count);
    }

    [Theory]
    [InlineData("unet-tiny")]
    [InlineData("unet-small")]
    public void UNetsHaveTheSizeOfTheirBlocks(string preset)
    {
        var config = (ResidualUNetConfig)Presets.Get(preset);
        var (expected, width) = (config.Features[0] + 1L, config.InputChannels + 4L);
        foreach (var (level, features) in config.Features.Index())
        {
            expected += ResBlock(width, features) + ((config.Blocks[level] - 1) * ((54L * features * features) + (6 * features)));
            expected += level == 0 ? 0 : (8L * features * width) + width + ResBlock(2 * width, width);
            width = features;
        }

        using var backend = new CpuBackend(threads: 1);
        using var model = ModelFamilies.Build(config, backend, training: false);
        Assert.Equal(expected, model.Parameters.Count);

        static long ResBlock(long inputs, long outputs) => (28 * inputs * outputs) + (27 * outputs * outputs) + (7 * outputs);
    }

    [Theory]
    [InlineData(1, 32)]
    [InlineData(32, 64)]
    [InlineData(5, 7)]
    public void ABasicResBlockHasItsClosedFormOfParameters(int ci, int co)
    {
        Assert.Equal((28L * ci * co) + (27L * co * co) + (7 * co), Count(scope => _ = new BasicResBlock(scope, ci, co, stride: 2)));
        Assert.Equal((27L * ci * co) + (27L * co * co) + (6 * co), Count(scope => _ = new BasicResBlock(scope, ci, co, stride: 1, project: false)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(128)]
    public void ABasicBlockDHasItsClosedFormOfParameters(int c)
    {
        Assert.Equal((54L * c * c) + (6 * c), Count(scope => _ = new BasicBlockD(scope, c)));
        Assert.Equal((54L * c * c) + (4 * c), Count(scope => _ = new BasicBlockD(scope, c, bias: false)));
    }

    [Theory]
    [InlineData(8, 87, 8)]
    [InlineData(256, 87, 8)]
    [InlineData(6, 51, 4)]
    public void AVilBlockHasItsClosedFormOfParameters(int d, int linear, int constant)
    {
        Assert.Equal((6L * d * d) + (linear * d) + constant, Count(scope => _ = new VilBlock(scope, d, ScanDirection.Forward)));
        Assert.Equal((6L * d * d) + ((linear + 2) * d) + constant, Count(scope => _ = new VilMixer(scope, d, ScanDirection.Forward, channelTokens: false)));
    }

    [Fact]
    public void PromptEncoderAndMaskDecoderHaveUpstreamsParameters()
    {
        Assert.Equal(8_668, Count(scope => _ = new PromptEncoder(scope, new(384, PointEmbeddings: 2))));
        Assert.Equal(9_436, Count(scope => _ = new PromptEncoder(scope, new(384))));
        Assert.Equal(7_575_636, Count(scope => _ = new MaskDecoder(scope, new(new(384)))));
        Assert.Equal(5_819_584, Count(scope => _ = new TwoWayTransformer(scope, new(384))));
    }

    /// <summary>
    /// The paper's 24,867,472 is a stand-alone U-Net with this encoder: four input channels, no bias in the plain blocks, without heads.
    /// With one input channel, biases and heads the same network has 24,866,612 (one class) or 24,867,096 (two).
    /// </summary>
    [Theory]
    [InlineData(4, false, 0, 24_867_472)]
    [InlineData(1, true, 1, 24_866_612)]
    [InlineData(1, true, 2, 24_867_096)]
    public void ThePapersNumberIsThatOfAUNetWithThisEncoder(int channels, bool convBias, int classes, long expected)
    {
        var paper = (XlstmSamConfig)Presets.Get("paper");
        var encoder = paper.Encoder with { InputChannels = channels, ConvBias = convBias };
        Assert.Equal(expected, Count(scope =>
        {
            _ = new ImageEncoder(scope["encoder"], encoder, Extent3.Cube(128), paper.Embedding);
            _ = new UNetDecoderParameters(scope["decoder"], encoder.Features, [2, 2, 2, 1], convBias, classes);
        }));
    }

    private static long Count(Action<ParameterScope> build)
    {
        using var store = new ParameterStore();
        build(store.Root);
        return store.Count;
    }
}
