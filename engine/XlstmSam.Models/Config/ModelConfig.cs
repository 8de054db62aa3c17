using System.Text.Json.Serialization;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>Where the model's grid is put.</summary>
public enum RoiPolicy
{
    /// <summary>On the middle of the volume.</summary>
    Volume,

    /// <summary>On the prompt.</summary>
    Prompt,
}

/// <summary>Which clicks a decoder pass sees. Inference passes what training passed.</summary>
public enum ClickPolicy
{
    /// <summary>The newest alone.</summary>
    Newest,

    /// <summary>All so far.</summary>
    All,
}

/// <summary>
/// A promptable segmenter and how a scan becomes its input: what all families have in common. Each family adds its own record. In JSON the key
/// "family" tells which one it is; without the key it is the first of <see cref="ModelFamilies.All"/>.
/// </summary>
[JsonConverter(typeof(ModelConfigConverter))]
public abstract record ModelConfig
{
    /// <summary>What the model is called in messages and weight files.</summary>
    [JsonPropertyOrder(-1)]
    public required string Name { get; init; }

    /// <summary>The grid the model sees, along the three axes of the RAS volume.</summary>
    [JsonPropertyOrder(-1)]
    public required int[] Size { get; init; }

    /// <summary>Millimetres per grid cell; 0 takes the scan's own spacing.</summary>
    [JsonPropertyOrder(-1)]
    public double Spacing { get; init; } = 1.5;

    /// <summary>Where the grid is put.</summary>
    [JsonPropertyOrder(-1)]
    public RoiPolicy Roi { get; init; } = RoiPolicy.Prompt;

    /// <summary>Which clicks a round sees.</summary>
    [JsonPropertyOrder(-1)]
    public ClickPolicy Clicks { get; init; } = ClickPolicy.Newest;

    /// <summary>The grid and the channels of an image.</summary>
    [JsonIgnore]
    public InputGeometry Input => new(new Extent3(Size[0], Size[1], Size[2]), Traits().InputChannels);

    /// <summary>What the rest of the program needs to know about the model.</summary>
    public abstract ModelTraits Traits();

    /// <summary>What is wrong with the settings of the family, one sentence each, without a full stop. Size has three sides and spacing is a number
    /// here.</summary>
    protected internal abstract IEnumerable<string> Faults();
}
