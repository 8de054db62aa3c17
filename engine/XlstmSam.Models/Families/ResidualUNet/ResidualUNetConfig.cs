using System.Text.Json.Serialization;

namespace XlstmSam.Models;

/// <summary>The configuration of a <see cref="ResidualUNetModel"/>. Lists have one entry per level; each level halves the grid of the one before.</summary>
public sealed record ResidualUNetConfig : ModelConfig
{
    internal const string FamilyName = "residual-unet";

    /// <summary>Channels of the levels.</summary>
    public required int[] Features { get; init; }

    /// <summary>Residual blocks of the levels on the way down; on the way up each has one.</summary>
    public required int[] Blocks { get; init; }

    /// <summary>Values per cell of the image.</summary>
    public int InputChannels { get; init; } = 1;

    /// <summary>Cells from a click to where it has faded out along an axis.</summary>
    public double ClickRadius { get; init; } = 3;

    /// <summary>By how much the deepest level's grid is coarser.</summary>
    [JsonIgnore]
    public int TotalStride => 1 << (Features.Length - 1);

    /// <inheritdoc/>
    public override ModelTraits Traits() => new(
        FamilyName,
        InputChannels,
        PromptKinds.Point | PromptKinds.Box | PromptKinds.Mask,
        Masks: 1,
        PredictsIou: false,
        [ParameterGroup.All],
        [
            .. Enumerable.Range(0, Features.Length).Select(level => new RecomputableStage($"down{level}", $"down.{level}")),
            .. Enumerable.Range(0, Features.Length - 1).Reverse().Select(level => new RecomputableStage($"up{level}", $"up.{level}")),
        ]);

    /// <inheritdoc/>
    protected internal override IEnumerable<string> Faults()
    {
        if (Features.Length is < 2 or > 7 || Blocks.Length != Features.Length)
        {
            yield return $"features and blocks have {Features.Length} and {Blocks.Length} entries; expected the same number, 2 to 7";
            yield break;
        }

        if (Features.Any(width => width is < 1 or > 8192) || Blocks.Any(blocks => blocks is < 1 or > 16) || InputChannels is < 1 or > 64)
        {
            yield return "features must lie between 1 and 8192, blocks between 1 and 16, and inputChannels between 1 and 64";
        }

        if (ClickRadius is not (>= 1 and <= 64))
        {
            yield return $"clickRadius is {ClickRadius}; expected 1 to 64 cells";
        }

        if (Size.Any(side => side % TotalStride != 0 || side < 2 * TotalStride))
        {
            yield return $"size is ({string.Join(", ", Size)}); expected three sides divisible by {TotalStride}, which {Features.Length} levels halve to, and at least twice that";
        }
    }
}

/// <summary>How configurations of this family are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ResidualUNetConfig))]
internal sealed partial class ResidualUNetJson : JsonSerializerContext;
