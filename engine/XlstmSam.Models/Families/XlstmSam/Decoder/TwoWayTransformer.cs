using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>Two-way blocks and a last attention of the tokens to the image. Source: SAM-Med3D, TwoWayTransformer3D.</summary>
internal sealed class TwoWayTransformer(ParameterScope scope, TransformerConfig config)
{
    private readonly TwoWayBlock[] layers = [.. Enumerable.Range(0, config.Depth).Select(l => new TwoWayBlock(scope["layers"][l], config, isFirst: l == 0))];
    private readonly AttentionLayer final = new(scope["final_attn_token_to_image"], config.Embedding, config.Heads, downsample: 2);
    private readonly LayerNormLayer norm = new(scope["norm_final_attn"], config.Embedding, 1e-5f);

    /// <param name="image">(B, S, E).</param>
    /// <param name="positions">(S, E).</param>
    /// <param name="tokens">(B, N, E).</param>
    public (Tensor Queries, Tensor Keys) Forward(Tape tape, Tensor image, Tensor positions, Tensor tokens)
    {
        var (queries, keys) = (tokens, image);
        foreach (var layer in layers)
        {
            (queries, keys) = layer.Forward(tape, queries, keys, tokens, positions);
        }

        var q = Elementwise.Apply<Add>(tape, queries, tokens);
        var k = Elementwise.Apply<Add>(tape, keys, positions);
        return (norm.Forward(tape, Elementwise.Apply<Add>(tape, queries, final.Forward(tape, q, k, keys))), keys);
    }
}
