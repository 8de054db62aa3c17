namespace XlstmSam.Models;

/// <summary>What a model configuration must satisfy before anything is built from it.</summary>
public static class ModelRules
{
    private const int LargestSide = 1024;
    private const int LargestWidth = 8192;

    /// <summary>512 cells along each side: what may be asked for before anybody asks whether it fits.</summary>
    private const long MostCells = 1L << 27;

    /// <summary>Returns the configuration, or says what is wrong with it.</summary>
    public static ModelConfig Checked(ModelConfig config, string where)
    {
        var fault = Faults(config).FirstOrDefault();
        return fault is null ? config : throw new InvalidDataException($"Model configuration in {where}: {fault}.");
    }

    private static IEnumerable<string> Faults(ModelConfig config)
    {
        var encoder = config.Encoder;
        var stages = encoder.Features.Length;
        if (stages is < 1 or > 8 || encoder.Strides.Length != stages || encoder.Blocks.Length != stages || encoder.Mixers.Length != stages)
        {
            yield return $"features, strides, blocks and mixers have {stages}, {encoder.Strides.Length}, {encoder.Blocks.Length} and {encoder.Mixers.Length} entries; expected the same number, 1 to 8";
            yield break;
        }

        if (encoder.Features.Append(encoder.Stem).Append(config.Embedding).Append(config.DecoderMlp).Any(width => width is < 1 or > LargestWidth))
        {
            yield return $"every width must lie between 1 and {LargestWidth}";
        }

        if (encoder.Strides.Any(stride => stride is < 1 or > 4) || encoder.Blocks.Any(blocks => blocks is < 1 or > 16) || encoder.InputChannels != 1)
        {
            yield return "strides must lie between 1 and 4, blocks between 1 and 16, and inputChannels must be 1";
        }

        if (!Enum.IsDefined(config.Roi) || !Enum.IsDefined(config.Clicks) || !Enum.IsDefined(encoder.Direction) || !Enum.IsDefined(encoder.Tokens) || !encoder.Mixers.All(Enum.IsDefined))
        {
            yield return "roi, clicks, direction, tokens and mixers must be one of their choices, by name";
        }

        if (encoder.Recompute is { } recompute && recompute.Any(stage => stage < -1 || stage >= stages))
        {
            yield return $"recompute is ({string.Join(", ", recompute)}); expected stages from 0 to {stages - 1}, or -1 for the stem";
        }

        for (var s = 0; s < stages; s++)
        {
            if (IsVil(encoder, s) && encoder.Features[s] % 2 != 0)
            {
                yield return $"stage {s} has {encoder.Features[s]} features; a vil mixer needs an even number";
            }
        }

        if (config.Size.Length != 3 || config.Size.Any(side => side < 1 || side > LargestSide || side % encoder.TotalStride != 0))
        {
            yield return $"size is ({string.Join(", ", config.Size)}); expected three sides up to {LargestSide}, each divisible by the total stride {encoder.TotalStride}";
        }

        else if (Cells(config, 0) > MostCells || Cells(config, stages) * config.Embedding > int.MaxValue)
        {
            yield return $"size is ({string.Join(", ", config.Size)}); expected at most {MostCells} cells, and {int.MaxValue} values in the embedding";
        }
        else if (encoder.Tokens == TokenMode.Channel && Enumerable.Range(0, stages).Any(s => IsVil(encoder, s) && Cells(config, s + 1) > LargestWidth))
        {
            yield return $"with channel tokens a vil mixer is as wide as its stage has cells; expected at most {LargestWidth}, so use patch tokens, larger strides or a smaller size";
        }

        if (config.Embedding % 12 != 0)
        {
            yield return $"embedding is {config.Embedding}; expected a multiple of 12 (three parts of position encoding, a quarter for upscaling)";
        }

        if (config.DecoderHeads < 1 || config.Embedding / 2 % config.DecoderHeads != 0)
        {
            yield return $"decoderHeads is {config.DecoderHeads}; it must divide half the embedding, {config.Embedding / 2}";
        }

        if (config.Embedding / 8 < 1 || config.MaskTokens is < 1 or > 64 || config.PointEmbeddings is < 2 or > 4 || config.MaskChannels % 4 != 0 || config.MaskChannels < 4)
        {
            yield return "maskTokens must lie between 1 and 64, pointEmbeddings between 2 and 4, maskChannels must be a positive multiple of 4";
        }

        if (config.DecoderDepth is < 1 or > 16 || config.IouHidden is < 1 or > LargestWidth)
        {
            yield return "decoderDepth must lie between 1 and 16, iouHidden be positive";
        }

        if (!double.IsFinite(config.Spacing) || config.Spacing < 0)
        {
            yield return $"spacing is {config.Spacing}; expected millimetres, or 0 for the scan's own";
        }
    }

    private static bool IsVil(EncoderConfig encoder, int stage) =>
        encoder.Bottleneck ? stage == encoder.Features.Length - 1 : encoder.Mixers[stage] == Mixer.Vil;

    /// <summary>Cells of the grid after some of the stages.</summary>
    private static long Cells(ModelConfig config, int stages)
    {
        var stride = config.Encoder.Strides.Take(stages).Aggregate(1, (product, next) => product * next);
        return config.Size.Aggregate(1L, (product, side) => product * (side / stride));
    }
}
