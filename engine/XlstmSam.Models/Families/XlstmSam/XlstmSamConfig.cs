using System.Text.Json.Serialization;

namespace XlstmSam.Models;

/// <summary>The configuration of an <see cref="XlstmSamModel"/>.</summary>
public sealed record XlstmSamConfig : ModelConfig
{
    /// <summary>The image encoder.</summary>
    public required EncoderConfig Encoder { get; init; }

    /// <summary>The width of the embedding and of the decoder's tokens; a multiple of 12.</summary>
    public int Embedding { get; init; } = 384;

    /// <summary>Blocks of the decoder's transformer.</summary>
    public int DecoderDepth { get; init; } = 2;

    /// <summary>Heads of the decoder's attention; a divisor of half the embedding.</summary>
    public int DecoderHeads { get; init; } = 8;

    /// <summary>The width between the two layers of the decoder's perceptrons.</summary>
    public int DecoderMlp { get; init; } = 2048;

    /// <summary>Masks that the decoder can answer with.</summary>
    public int MaskTokens { get; init; } = 4;

    /// <summary>The width of the head that predicts the masks' intersection over union.</summary>
    public int IouHidden { get; init; } = 256;

    /// <summary>Learned vectors of prompts: negative and positive click, and the two corners of a box.</summary>
    public int PointEmbeddings { get; init; } = 4;

    /// <summary>Channels of the convolutions over the previous mask; a multiple of 4.</summary>
    public int MaskChannels { get; init; } = 16;

    /// <summary>Upstream's dense position encoding swaps array axes 0 and 1 with respect to the points; released weights need it.</summary>
    public bool SwapDensePeAxes { get; init; } = true;

    /// <inheritdoc/>
    public override ModelTraits Traits() => new(
        XlstmSamFamily.FamilyName,
        Encoder.InputChannels,
        PointEmbeddings == 4 ? PromptKinds.Point | PromptKinds.Box | PromptKinds.Mask : PromptKinds.Point | PromptKinds.Mask,
        MaskTokens,
        PredictsIou: true,
        [new("encoder", "image_encoder.", 1), new("decoder", string.Empty, 0.1)],
        [
            new("stem", "image_encoder.stem"),
            .. Enumerable.Range(0, Encoder.Features.Length).Select(
                stage => new RecomputableStage(EncoderConfig.StageName(stage), $"image_encoder.stages.{EncoderConfig.StageName(stage)}")),
        ]);

    /// <inheritdoc/>
    protected internal override IEnumerable<string> Faults() => XlstmSamRules.Faults(this);
}

/// <summary>How configurations of this family are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(XlstmSamConfig))]
internal sealed partial class XlstmSamJson : JsonSerializerContext;
