using XlstmSam.Kernels;
using XlstmSam.Models;

namespace XlstmSam.Tests.Fixtures;

/// <summary>The configurations of model parts, read off the names and shapes of a fixture's parameters.</summary>
/// <param name="Prefix">Where the part's names begin: empty, or <c>mask_decoder.</c> and the like.</param>
internal sealed record ParityShapes(ParityFile Weights, string Prefix = "")
{
    public EncoderConfig Encoder(ParityOptions options)
    {
        var stages = Weights.CountBelow(At("stages."));
        var strides = options.Extents("strides") ?? throw new InvalidDataException("the encoder's strides are not given");
        return new()
        {
            Stem = Size("stem.0.conv1.weight", 0),
            InputChannels = Size("stem.0.conv1.weight", 1),
            Features = [.. Enumerable.Range(0, stages).Select(s => Size($"stages.{s}.0.conv1.weight", 0))],
            Strides = [.. strides.Take(stages).Select(ParityModels.Cube)],
            Blocks = [.. Enumerable.Range(0, stages).Select(s => Weights.CountBelow(At($"stages.{s}.")))],
            Mixers = [.. Enumerable.Range(0, stages).Select(MixerOf)],
            ConvBias = !Has("xlstm_layers.0.conv1.conv.weight") || Has("xlstm_layers.0.conv1.conv.bias"),
            Bottleneck = Has("vil.vil.norm.weight"),
            Tokens = TokenMode.Upstream,
            Direction = options.Direction() switch
            {
                ScanDirection.Forward => MixerDirection.Forward,
                ScanDirection.Reverse => MixerDirection.Reverse,
                _ => MixerDirection.Both,
            },
        };
    }

    public TransformerConfig Transformer(ParityOptions options) => new(
        Size("layers.0.norm1.weight", 0), options.Integer("heads", 8), Size("layers.0.mlp.lin1.weight", 0), Weights.CountBelow(At("layers.")));

    public MaskDecoderConfig Decoder(ParityOptions options) => new(
        (this with { Prefix = Prefix + "transformer." }).Transformer(options), Size("mask_tokens.weight", 0), Size("iou_prediction_head.layers.0.weight", 0));

    public PromptEncoderConfig Prompts(ParityOptions options) => new(
        Size("no_mask_embed.weight", 1), Weights.CountBelow(At("point_embeddings.")), Size("mask_downscaling.3.weight", 0),
        options.Flag("swap_dense_pe_axes", true));

    private Mixer MixerOf(int stage) => Has($"xlstm_layers.{stage}.vil.norm.weight") ? Mixer.Vil
        : Has($"xlstm_layers.{stage}.conv1.conv.weight") ? Mixer.Basic
        : Mixer.None;

    private string At(string name) => $"param.{Prefix}{name}";

    private bool Has(string name) => Weights.Has(At(name));

    private int Size(string name, int axis) => Weights.Shape(At(name))[axis];
}
