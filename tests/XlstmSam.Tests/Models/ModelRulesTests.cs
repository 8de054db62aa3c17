using XlstmSam.Models;

namespace XlstmSam.Tests.Models;

/// <summary>Configurations that cannot be built are refused before anything is.</summary>
public sealed class ModelRulesTests
{
    [Fact]
    public void EveryPresetPasses() => Assert.All(Presets.Names, name => Assert.Equal(name, ModelRules.Checked(Presets.Get(name), name).Name));

    [Fact]
    public void AnUnknownPresetNamesTheKnown() =>
        Assert.Contains("paper-vil5", Assert.Throws<InvalidDataException>(() => Presets.Get("huge")).Message, StringComparison.Ordinal);

    public static TheoryData<string, ModelConfig> Faulty
    {
        get
        {
            var good = MicroModel.Config;
            var encoder = good.Encoder;
            XlstmSamConfig With(EncoderConfig changed) => good with { Encoder = changed };
            return new()
            {
                { "features, strides", With(encoder with { Strides = [1] }) },
                { "features, strides", With(encoder with { Features = [], Strides = [], Blocks = [], Mixers = [] }) },
                { "width", With(encoder with { Features = [4, 0] }) },
                { "width", With(encoder with { Stem = 100_000 }) },
                { "width", good with { DecoderMlp = 0 } },
                { "strides must", With(encoder with { Strides = [1, 5] }) },
                { "strides must", With(encoder with { Blocks = [0, 1] }) },
                { "strides must", With(encoder with { InputChannels = 0 }) },
                { "strides must", With(encoder with { InputChannels = 65 }) },
                { "even", With(encoder with { Features = [4, 9] }) },
                { "even", With(encoder with { Features = [4, 9], Mixers = [Mixer.None, Mixer.None], Bottleneck = true }) },
                { "cells", good with { Size = [1024, 1024, 1024] } },
                { "values in the embedding", With(encoder with { Strides = [1, 1] }) with { Size = [512, 512, 512], Embedding = 24 } },
                { "channel tokens", With(encoder with { Tokens = TokenMode.Channel }) with { Size = [64, 64, 64] } },
                { "size is", good with { Size = [8, 8] } },
                { "size is", good with { Size = [8, 8, 9] } },
                { "size is", good with { Size = [2048, 8, 8] } },
                { "embedding is", good with { Embedding = 20 } },
                { "decoderHeads", good with { DecoderHeads = 5 } },
                { "maskTokens", good with { MaskTokens = 0 } },
                { "maskTokens", good with { PointEmbeddings = 5 } },
                { "maskTokens", good with { MaskChannels = 6 } },
                { "decoderDepth", good with { DecoderDepth = 0 } },
                { "spacing", good with { Spacing = double.NaN } },
                { "choices", good with { Roi = (RoiPolicy)7 } },
                { "choices", With(encoder with { Mixers = [Mixer.Basic, (Mixer)9] }) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public void FaultsAreNamed(string fault, ModelConfig config)
    {
        var error = Assert.Throws<InvalidDataException>(() => ModelRules.Checked(config, "test"));
        Assert.StartsWith("Model configuration in test: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }
}
