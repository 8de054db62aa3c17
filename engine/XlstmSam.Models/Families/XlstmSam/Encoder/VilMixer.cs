using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>x + layer(norm(x)) on tokens. Source: vision-LSTM, ViLBlock (drop path 0).</summary>
internal sealed class VilBlock(ParameterScope scope, int width, ScanDirection direction)
{
    private readonly Tensor norm = scope.Parameter("norm.weight", new(width), Init.Zero);
    private readonly VilLayer layer = new(scope["layer"], width, direction);

    public Tensor Forward(Tape tape, Tensor x) =>
        Elementwise.Apply<Add>(tape, x, layer.Forward(tape, LayerNorm.Apply(tape, x, norm, scaleOffset: 1)));
}

/// <summary>
/// A ViL block on a volume (B, X0, X1, X2, C). With patch tokens a volume is its token sequence already; with channel tokens the channels are
/// the sequence and the width is the number of voxels. Tokens are float32. Source: xLSTM-UNet, ViLLayer.
/// </summary>
internal sealed class VilMixer
{
    private readonly VilBlock block;
    private readonly bool channelTokens;

    public VilMixer(ParameterScope scope, int width, ScanDirection direction, bool channelTokens)
    {
        // Upstream constructs and saves this norm but never calls it; kept so that state_dicts match. No gradient reaches it.
        scope.Parameter("norm.weight", new(width), Init.One);
        scope.Parameter("norm.bias", new(width), Init.Zero);
        block = new(scope["vil"], width, direction);
        this.channelTokens = channelTokens;
    }

    public Tensor Forward(Tape tape, Tensor x)
    {
        var voxels = (int)x.Shape.Product(1, 4);
        var tokens = Cast.Apply(tape, x, ElementType.Float32).Reshape(x.Shape[0], voxels, x.Shape[4]);
        var y = channelTokens
            ? Transpose.Apply(tape, block.Forward(tape, Transpose.Apply(tape, tokens)))
            : block.Forward(tape, tokens);
        return Cast.Apply(tape, y.Reshape(x.Shape), x.Type);
    }
}
