using TorchSharp.Modules;
using XlstmSam.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace XlstmSam.Peers.Model;

/// <summary>Image embedding and prompt tokens to the logits of mask 0, as both sides compute it. The IoU head is there for its name only.</summary>
internal sealed class TorchDecoder : nn.Module
{
    private readonly TorchTransformer transformer;
    private readonly Embedding iou_token, mask_tokens;
    private readonly Upscaling output_upscaling;
    private readonly ModuleList<Mlp> output_hypernetworks_mlps;
    private readonly Mlp iou_prediction_head;

    public TorchDecoder(XlstmSamConfig config)
        : base(nameof(TorchDecoder))
    {
        var width = config.Embedding;
        transformer = new(config);
        (iou_token, mask_tokens) = (nn.Embedding(1, width), nn.Embedding(config.MaskTokens, width));
        output_upscaling = new(width);
        output_hypernetworks_mlps = nn.ModuleList(Enumerable.Range(0, config.MaskTokens).Select(_ => new Mlp(width, width, width, width / 8)).ToArray());
        iou_prediction_head = new(width, config.IouHidden, config.IouHidden, config.MaskTokens);
        RegisterComponents();
    }

    /// <summary>(1, E, g, g, g) to (1, 1, 4g, 4g, 4g).</summary>
    public Tensor Mask(Tensor image, Tensor positions, Tensor? sparse)
    {
        using var scope = NewDisposeScope();
        var output = cat([iou_token.weight!, mask_tokens.weight!]).unsqueeze(0);
        var tokens = sparse is null ? output : cat([output, sparse], 1);
        var (queries, keys) = transformer.Forward(image.flatten(2).transpose(1, 2), positions, tokens);
        var upscaled = output_upscaling.forward(keys.transpose(1, 2).reshape(image.shape));
        var vector = output_hypernetworks_mlps[0].forward(queries.narrow(1, 1, 1));
        var mask = vector.matmul(upscaled.flatten(2));
        return mask.reshape([1, 1, .. upscaled.shape[2..]]).MoveToOuterDisposeScope();
    }

    private sealed class Upscaling : nn.Module<Tensor, Tensor>
    {
        private readonly ConvTranspose3d first, second;
        private readonly VolumeNorm norm;

        public Upscaling(long width)
            : base(nameof(Upscaling))
        {
            (first, norm, second) = (nn.ConvTranspose3d(width, width / 4, 2, 2), new(width / 4), nn.ConvTranspose3d(width / 4, width / 8, 2, 2));
            register_module("0", first);
            register_module("1", norm);
            register_module("3", second);
        }

        public override Tensor forward(Tensor x) => gelu(second.forward(gelu(norm.forward(first.forward(x)))));
    }

    private sealed class Mlp : nn.Module<Tensor, Tensor>
    {
        private readonly ModuleList<Linear> layers = [];

        public Mlp(params long[] widths)
            : base(nameof(Mlp))
        {
            for (var l = 0; l + 1 < widths.Length; l++)
            {
                layers.Add(nn.Linear(widths[l], widths[l + 1]));
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            for (var l = 0; l < layers.Count; l++)
            {
                x = l + 1 < layers.Count ? relu(layers[l].forward(x)) : layers[l].forward(x);
            }

            return x;
        }
    }
}
