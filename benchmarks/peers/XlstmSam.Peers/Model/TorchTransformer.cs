using TorchSharp.Modules;
using XlstmSam.Models;
using XlstmSam.Peers.Ops;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace XlstmSam.Peers.Model;

/// <summary>Multi-head attention with an inner width of its own.</summary>
internal sealed class TorchAttention : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly long heads;
    private readonly Linear q_proj, k_proj, v_proj, out_proj;

    public TorchAttention(long width, long heads, long downsample)
        : base(nameof(TorchAttention))
    {
        this.heads = heads;
        var inner = width / downsample;
        (q_proj, k_proj, v_proj, out_proj) = (nn.Linear(width, inner), nn.Linear(width, inner), nn.Linear(width, inner), nn.Linear(inner, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor q, Tensor k, Tensor v) =>
        out_proj.forward(TorchProducts.Fused(Heads(q_proj.forward(q)), Heads(k_proj.forward(k)), Heads(v_proj.forward(v))).transpose(1, 2).flatten(2));

    private Tensor Heads(Tensor x) => x.unflatten(2, [heads, x.shape[2] / heads]).transpose(1, 2);
}

/// <summary>Tokens attend to themselves and to the image, pass an MLP; then the image attends to the tokens.</summary>
internal sealed class TorchTwoWayBlock : nn.Module
{
    private readonly bool isFirst;
    private readonly TorchAttention self_attn, cross_attn_token_to_image, cross_attn_image_to_token;
    private readonly LayerNorm norm1, norm2, norm3, norm4;
    private readonly TwoLayers mlp;

    public TorchTwoWayBlock(XlstmSamConfig config, bool isFirst)
        : base(nameof(TorchTwoWayBlock))
    {
        this.isFirst = isFirst;
        var (width, heads) = (config.Embedding, config.DecoderHeads);
        (self_attn, cross_attn_token_to_image, cross_attn_image_to_token) = (new(width, heads, 1), new(width, heads, 2), new(width, heads, 2));
        (norm1, norm2, norm3, norm4) = (nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width));
        mlp = new(width, config.DecoderMlp);
        RegisterComponents();
    }

    public (Tensor Queries, Tensor Keys) Forward(Tensor queries, Tensor keys, Tensor tokens, Tensor positions)
    {
        var positioned = queries + tokens;
        queries = norm1.forward(isFirst ? self_attn.forward(queries, queries, queries) : queries + self_attn.forward(positioned, positioned, queries));
        var k = keys + positions;
        queries = norm2.forward(queries + cross_attn_token_to_image.forward(queries + tokens, k, keys));
        queries = norm3.forward(queries + mlp.forward(queries));
        keys = norm4.forward(keys + cross_attn_image_to_token.forward(k, queries + tokens, queries));
        return (queries, keys);
    }

    private sealed class TwoLayers : nn.Module<Tensor, Tensor>
    {
        private readonly Linear lin1, lin2;

        public TwoLayers(long width, long hidden)
            : base(nameof(TwoLayers))
        {
            (lin1, lin2) = (nn.Linear(width, hidden), nn.Linear(hidden, width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => lin2.forward(relu(lin1.forward(x)));
    }
}

/// <summary>Two-way blocks and a last attention of the tokens to the image.</summary>
internal sealed class TorchTransformer : nn.Module
{
    private readonly ModuleList<TorchTwoWayBlock> layers;
    private readonly TorchAttention final_attn_token_to_image;
    private readonly LayerNorm norm_final_attn;

    public TorchTransformer(XlstmSamConfig config)
        : base(nameof(TorchTransformer))
    {
        layers = nn.ModuleList(Enumerable.Range(0, config.DecoderDepth).Select(l => new TorchTwoWayBlock(config, isFirst: l == 0)).ToArray());
        final_attn_token_to_image = new(config.Embedding, config.DecoderHeads, 2);
        norm_final_attn = nn.LayerNorm(config.Embedding);
        RegisterComponents();
    }

    public (Tensor Queries, Tensor Keys) Forward(Tensor image, Tensor positions, Tensor tokens)
    {
        var (queries, keys) = (tokens, image);
        foreach (var layer in layers)
        {
            (queries, keys) = layer.Forward(queries, keys, tokens, positions);
        }

        return (norm_final_attn.forward(queries + final_attn_token_to_image.forward(queries + tokens, keys + positions, keys)), keys);
    }
}
