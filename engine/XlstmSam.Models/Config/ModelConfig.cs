using System.Text.Json.Serialization;

namespace XlstmSam.Models;

/// <summary>What follows the residual blocks of an encoder stage.</summary>
public enum Mixer
{
    None,
    Basic,
    Vil,
}

/// <summary>The order in which the encoder's scans visit the tokens. Alternate: forward in the first ViL mixer, reverse in the next, and so on.</summary>
public enum MixerDirection
{
    Forward,
    Reverse,
    Alternate,
    Both,
}

/// <summary>What a token is: a voxel with its channels (Patch), a channel with its voxels (Channel), or whichever upstream's builder would choose.</summary>
public enum TokenMode
{
    Patch,
    Channel,
    Upstream,
}

/// <summary>Where the model's grid is put: on the middle of the volume, or on the prompt.</summary>
public enum RoiPolicy
{
    Volume,
    Prompt,
}

/// <summary>Which clicks a decoder pass sees: all so far, or the newest alone. Inference passes what training passed.</summary>
public enum ClickPolicy
{
    Newest,
    All,
}

/// <summary>The xLSTM-UNet encoder. All lists have one entry per stage.</summary>
public sealed record EncoderConfig
{
    public required int Stem { get; init; }

    public required int[] Features { get; init; }

    public required int[] Strides { get; init; }

    /// <summary>Residual blocks per stage; the first of a stage changes the width and the resolution. Stage 0's count is the stem's too.</summary>
    public required int[] Blocks { get; init; }

    public required Mixer[] Mixers { get; init; }

    public int InputChannels { get; init; } = 1;

    public MixerDirection Direction { get; init; } = MixerDirection.Forward;

    public TokenMode Tokens { get; init; } = TokenMode.Patch;

    /// <summary>The UxLSTMBot variant: no mixers in the stages, one ViL after the last.</summary>
    public bool Bottleneck { get; init; }

    /// <summary>Whether the convolutions of the <see cref="BasicBlockD"/>s have a bias; those of the residual blocks always do.</summary>
    public bool ConvBias { get; init; } = true;

    /// <summary>Stages whose activations are dropped and computed again in backward; -1 is the stem. Null where nobody chose: training then takes as few as its memory allows.</summary>
    public int[]? Recompute { get; init; }

    [JsonIgnore]
    public int TotalStride => Strides.Aggregate(1, (product, stride) => product * stride);
}

/// <summary>A promptable segmenter: the encoder, SAM-Med3D's prompt encoder and mask decoder, and how a scan becomes its input.</summary>
public sealed record ModelConfig
{
    public required string Name { get; init; }

    public required EncoderConfig Encoder { get; init; }

    /// <summary>The grid the model sees, along the three axes of the RAS volume.</summary>
    public required int[] Size { get; init; }

    /// <summary>Millimetres per grid cell; 0 takes the scan's own spacing.</summary>
    public double Spacing { get; init; } = 1.5;

    public RoiPolicy Roi { get; init; } = RoiPolicy.Prompt;

    public ClickPolicy Clicks { get; init; } = ClickPolicy.Newest;

    public int Embedding { get; init; } = 384;

    public int DecoderDepth { get; init; } = 2;

    public int DecoderHeads { get; init; } = 8;

    public int DecoderMlp { get; init; } = 2048;

    public int MaskTokens { get; init; } = 4;

    public int IouHidden { get; init; } = 256;

    public int PointEmbeddings { get; init; } = 4;

    public int MaskChannels { get; init; } = 16;

    /// <summary>Upstream's dense position encoding swaps array axes 0 and 1 with respect to the points; released weights need it.</summary>
    public bool SwapDensePeAxes { get; init; } = true;
}
