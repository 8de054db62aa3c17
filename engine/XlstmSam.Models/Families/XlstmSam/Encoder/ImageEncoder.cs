using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>
/// The xLSTM-UNet encoder: a stem, then stages of residual blocks, each followed by its mixer; a 1x1x1 neck where the last width is not the
/// embedding's. (B, X0, X1, X2, Cin) to (B, X0/t, X1/t, X2/t, E) with t the total stride. What the convolutions hand on is stored as the device stores
/// volumes at best.
/// </summary>
internal sealed class ImageEncoder
{
    private const string StemName = "stem";
    private readonly EncoderConfig config;
    private readonly IReadOnlyCollection<string> recompute;
    private readonly List<Func<Tape, Tensor, Tensor>> stem;
    private readonly List<List<Func<Tape, Tensor, Tensor>>> stages = [];
    private readonly ConvLayer? neck;

    /// <param name="size">The input grid.</param>
    /// <param name="recompute">The stages whose activations are dropped and computed again in backward: "stem", "0", "1", ...; null for none.</param>
    public ImageEncoder(ParameterScope scope, EncoderConfig config, Extent3 size, int embedding, IReadOnlyCollection<string>? recompute = null)
    {
        (this.config, this.recompute) = (config, recompute ?? []);
        stem = Blocks(scope[StemName], config.InputChannels, config.Stem, 1, config.Blocks[0], config.ConvBias);
        var width = config.Stem;
        for (var s = 0; s < config.Features.Length; s++)
        {
            stages.Add(Blocks(scope["stages"][s], width, config.Features[s], config.Strides[s], config.Blocks[s], config.ConvBias));
            width = config.Features[s];
        }

        var scans = 0;
        for (var s = 0; s < config.Features.Length && !config.Bottleneck; s++)
        {
            size = Divide(size, config.Strides[s]);
            AddMixer(stages[s], scope["xlstm_layers"][s], config.Mixers[s], config.Features[s], size, ref scans);
        }

        if (config.Bottleneck)
        {
            AddMixer(stages[^1], scope["vil"], Mixer.Vil, width, Divide(size, config.TotalStride), ref scans);
        }

        neck = width == embedding ? null : new(scope["neck"], new(width, embedding, Kernel: 1), he: true);
    }

    public Tensor Forward(Tape tape, Tensor x)
    {
        Require(x.Shape);
        x = Run(tape, stem, Cast.Apply(tape, x, tape.Backend.VolumeType), recompute.Contains(StemName));
        for (var s = 0; s < stages.Count; s++)
        {
            x = Run(tape, stages[s], x, recompute.Contains(EncoderConfig.StageName(s)));
        }

        return Cast.Apply(tape, neck?.Forward(tape, x) ?? x, ElementType.Float32);
    }

    /// <summary>With recompute every block is a segment of its own, so that only the blocks' inputs are kept.</summary>
    private static Tensor Run(Tape tape, List<Func<Tape, Tensor, Tensor>> blocks, Tensor x, bool recompute) =>
        blocks.Aggregate(x, (y, block) => recompute ? Checkpoint.Apply(tape, block, y) : block(tape, y));

    private static List<Func<Tape, Tensor, Tensor>> Blocks(ParameterScope scope, int inputs, int outputs, int stride, int count, bool convBias)
    {
        List<Func<Tape, Tensor, Tensor>> blocks = [Named(scope[0], new BasicResBlock(scope[0], inputs, outputs, stride).Forward)];
        for (var b = 1; b < count; b++)
        {
            blocks.Add(Named(scope[b], new BasicBlockD(scope[b], outputs, convBias).Forward));
        }

        return blocks;
    }

    private static Func<Tape, Tensor, Tensor> Named(ParameterScope scope, Func<Tape, Tensor, Tensor> block) => (tape, x) =>
    {
        tape.Enter(scope.Path);
        return block(tape, x);
    };

    private static Extent3 Divide(Extent3 size, int stride) =>
        new((size.D + stride - 1) / stride, (size.H + stride - 1) / stride, (size.W + stride - 1) / stride);

    private void AddMixer(List<Func<Tape, Tensor, Tensor>> stage, ParameterScope scope, Mixer mixer, int features, Extent3 size, ref int scans)
    {
        if (mixer == Mixer.Basic)
        {
            stage.Add(Named(scope, new BasicBlockD(scope, features, config.ConvBias).Forward));
        }
        else if (mixer == Mixer.Vil)
        {
            var channelTokens = config.Tokens == TokenMode.Channel || (config.Tokens == TokenMode.Upstream && size.Count <= features);
            var direction = config.Direction switch
            {
                MixerDirection.Forward => ScanDirection.Forward,
                MixerDirection.Reverse => ScanDirection.Reverse,
                MixerDirection.Both => ScanDirection.Both,
                _ => scans % 2 == 0 ? ScanDirection.Forward : ScanDirection.Reverse,
            };
            scans++;
            stage.Add(Named(scope, new VilMixer(scope, channelTokens ? checked((int)size.Count) : features, direction, channelTokens).Forward));
        }
    }

    private void Require(Shape shape)
    {
        var stride = config.TotalStride;
        if (shape.Rank != 5 || shape[4] != config.InputChannels || shape[1] % stride != 0 || shape[2] % stride != 0 || shape[3] % stride != 0)
        {
            throw new ArgumentException($"ImageEncoder: x is {shape}; expected (B, X0, X1, X2, {config.InputChannels}) with sizes divisible by the total stride {stride}.");
        }
    }
}
