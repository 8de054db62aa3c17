namespace XlstmSam.Models;

/// <summary>What a configuration of this family must satisfy beside the rules for all.</summary>
internal static class XlstmSamRules
{
    private const int LargestWidth = 8192;
    private const int MostChannels = 64;

    public static IEnumerable<string> Faults(XlstmSamConfig config) => EncoderFaults(config).Concat(SizeFaults(config)).Concat(DecoderFaults(config));

    private static IEnumerable<string> EncoderFaults(XlstmSamConfig config)
    {
        var encoder = config.Encoder;
        var stages = encoder.Features.Length;
        if (stages is < 1 or > 8 || encoder.Strides.Length != stages || encoder.Blocks.Length != stages || encoder.Mixers.Length != stages)
        {
            yield return $"features, strides, blocks and mixers have {stages}, {encoder.Strides.Length}, {encoder.Blocks.Length} and " +
                $"{encoder.Mixers.Length} entries; "
                + "expected the same number, 1 to 8";
            yield break;
        }

        if (encoder.Features.Append(encoder.Stem).Append(config.Embedding).Append(config.DecoderMlp).Any(width => width is < 1 or > LargestWidth))
        {
            yield return $"every width must lie between 1 and {LargestWidth}";
        }

        if (encoder.Strides.Any(stride => stride is < 1 or > 4) || encoder.Blocks.Any(blocks => blocks is < 1 or > 16)
            || encoder.InputChannels is < 1 or > MostChannels)
        {
            yield return $"strides must lie between 1 and 4, blocks between 1 and 16, and inputChannels between 1 and {MostChannels}";
        }

        if (!Enum.IsDefined(encoder.Direction) || !Enum.IsDefined(encoder.Tokens) || !encoder.Mixers.All(Enum.IsDefined))
        {
            yield return "direction, tokens and mixers must be one of their choices, by name";
        }

        for (var s = 0; s < stages; s++)
        {
            if (IsVil(encoder, s) && encoder.Features[s] % 2 != 0)
            {
                yield return $"stage {s} has {encoder.Features[s]} features; a vil mixer needs an even number";
            }
        }
    }

    private static IEnumerable<string> SizeFaults(XlstmSamConfig config)
    {
        var encoder = config.Encoder;
        var stages = encoder.Features.Length;
        if (config.Size.Any(side => side % encoder.TotalStride != 0))
        {
            yield return $"size is ({string.Join(", ", config.Size)}); expected three sides, each divisible by the total stride {encoder.TotalStride}";
        }
        else if (Cells(config, stages) * config.Embedding > int.MaxValue)
        {
            yield return $"size is ({string.Join(", ", config.Size)}); expected at most {int.MaxValue} values in the embedding";
        }
        else if (encoder.Tokens == TokenMode.Channel && Enumerable.Range(0, stages).Any(s => IsVil(encoder, s) && Cells(config, s + 1) > LargestWidth))
        {
            yield return $"with channel tokens a vil mixer is as wide as its stage has cells; expected at most {LargestWidth}, so use patch tokens, larger " +
                "strides or a smaller size";
        }
    }

    private static IEnumerable<string> DecoderFaults(XlstmSamConfig config)
    {
        if (config.Embedding % 12 != 0)
        {
            yield return $"embedding is {config.Embedding}; expected a multiple of 12 (three parts of position encoding, a quarter for upscaling)";
        }

        if (config.DecoderHeads < 1 || config.Embedding / 2 % config.DecoderHeads != 0)
        {
            yield return $"decoderHeads is {config.DecoderHeads}; it must divide half the embedding, {config.Embedding / 2}";
        }

        if (config.Embedding / 8 < 1 || config.MaskTokens is < 1 or > 64 || config.PointEmbeddings is < 2 or > 4 || config.MaskChannels % 4 != 0
            || config.MaskChannels < 4)
        {
            yield return "maskTokens must lie between 1 and 64, pointEmbeddings between 2 and 4, maskChannels must be a positive multiple of 4";
        }

        if (config.DecoderDepth is < 1 or > 16 || config.IouHidden is < 1 or > LargestWidth)
        {
            yield return "decoderDepth must lie between 1 and 16, iouHidden be positive";
        }
    }

    private static bool IsVil(EncoderConfig encoder, int stage) =>
        encoder.Bottleneck ? stage == encoder.Features.Length - 1 : encoder.Mixers[stage] == Mixer.Vil;

    /// <summary>Cells of the grid after some of the stages.</summary>
    private static long Cells(XlstmSamConfig config, int stages)
    {
        var stride = config.Encoder.Strides.Take(stages).Aggregate(1, (product, next) => product * next);
        return config.Size.Aggregate(1L, (product, side) => product * (side / stride));
    }
}
