using System.Globalization;
using System.Text.Json.Serialization;

namespace XlstmSam.Models;

/// <summary>What follows the residual blocks of an encoder stage.</summary>
public enum Mixer
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A plain residual block.</summary>
    Basic,

    /// <summary>A Vision-LSTM layer over all cells of the stage.</summary>
    Vil,
}

/// <summary>The order in which the encoder's scans visit the tokens.</summary>
public enum MixerDirection
{
    /// <summary>First to last.</summary>
    Forward,

    /// <summary>Last to first.</summary>
    Reverse,

    /// <summary>Forward in the first ViL mixer, reverse in the next, and so on.</summary>
    Alternate,

    /// <summary>Both ways in every mixer.</summary>
    Both,
}

/// <summary>What a token of a scan is.</summary>
public enum TokenMode
{
    /// <summary>A voxel with its channels.</summary>
    Patch,

    /// <summary>A channel with its voxels.</summary>
    Channel,

    /// <summary>Whichever upstream's builder would choose.</summary>
    Upstream,
}

/// <summary>The xLSTM-UNet encoder. All lists have one entry per stage.</summary>
public sealed record EncoderConfig
{
    /// <summary>Channels of the stem.</summary>
    public required int Stem { get; init; }

    /// <summary>Channels of the stages.</summary>
    public required int[] Features { get; init; }

    /// <summary>By how much the stages divide the resolution along every axis.</summary>
    public required int[] Strides { get; init; }

    /// <summary>Residual blocks per stage; the first of a stage changes the width and the resolution. Stage 0's count is the stem's too.</summary>
    public required int[] Blocks { get; init; }

    /// <summary>What follows the residual blocks of the stages.</summary>
    public required Mixer[] Mixers { get; init; }

    /// <summary>Values per cell of the image.</summary>
    public int InputChannels { get; init; } = 1;

    /// <summary>The order of the scans.</summary>
    public MixerDirection Direction { get; init; } = MixerDirection.Forward;

    /// <summary>What the tokens of the scans are.</summary>
    public TokenMode Tokens { get; init; } = TokenMode.Patch;

    /// <summary>The UxLSTMBot variant: no mixers in the stages, one ViL after the last.</summary>
    public bool Bottleneck { get; init; }

    /// <summary>Whether the convolutions of the <see cref="BasicBlockD"/>s have a bias; those of the residual blocks always do.</summary>
    public bool ConvBias { get; init; } = true;

    /// <summary>By how much the whole encoder divides the resolution.</summary>
    [JsonIgnore]
    public int TotalStride => Strides.Aggregate(1, (product, stride) => product * stride);

    /// <summary>What a stage is called where stages are listed by name.</summary>
    internal static string StageName(int stage) => stage.ToString(CultureInfo.InvariantCulture);
}
