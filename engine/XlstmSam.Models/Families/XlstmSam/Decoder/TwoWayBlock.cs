using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>The widths of a two-way transformer.</summary>
internal sealed record TransformerConfig(int Embedding, int Heads = 8, int Mlp = 2048, int Depth = 2);

/// <summary>Tokens attend to themselves, to the image, pass an MLP; then the image attends to the tokens. Source: SAM-Med3D, TwoWayAttentionBlock3D.</summary>
internal sealed class TwoWayBlock(ParameterScope scope, TransformerConfig config, bool isFirst)
{
    private const float Epsilon = 1e-5f;
    private readonly AttentionLayer self = new(scope["self_attn"], config.Embedding, config.Heads, downsample: 1);
    private readonly LayerNormLayer norm1 = new(scope["norm1"], config.Embedding, Epsilon);
    private readonly AttentionLayer toImage = new(scope["cross_attn_token_to_image"], config.Embedding, config.Heads, downsample: 2);
    private readonly LayerNormLayer norm2 = new(scope["norm2"], config.Embedding, Epsilon);
    private readonly LinearLayer lin1 = new(scope["mlp"]["lin1"], config.Embedding, config.Mlp, Activation.Relu);
    private readonly LinearLayer lin2 = new(scope["mlp"]["lin2"], config.Mlp, config.Embedding);
    private readonly LayerNormLayer norm3 = new(scope["norm3"], config.Embedding, Epsilon);
    private readonly LayerNormLayer norm4 = new(scope["norm4"], config.Embedding, Epsilon);
    private readonly AttentionLayer toTokens = new(scope["cross_attn_image_to_token"], config.Embedding, config.Heads, downsample: 2);

    /// <param name="tokens">The initial tokens, which serve as the queries' position encoding.</param>
    /// <param name="positions">The position encoding of the image cells, (S, E).</param>
    public (Tensor Queries, Tensor Keys) Forward(Tape tape, Tensor queries, Tensor keys, Tensor tokens, Tensor positions)
    {
        if (isFirst)
        {
            queries = self.Forward(tape, queries, queries, queries);
        }
        else
        {
            var positioned = Elementwise.Apply<Add>(tape, queries, tokens);
            queries = Elementwise.Apply<Add>(tape, queries, self.Forward(tape, positioned, positioned, queries));
        }

        queries = norm1.Forward(tape, queries);
        var k = Elementwise.Apply<Add>(tape, keys, positions);
        var q = Elementwise.Apply<Add>(tape, queries, tokens);
        queries = norm2.Forward(tape, Elementwise.Apply<Add>(tape, queries, toImage.Forward(tape, q, k, keys)));
        queries = norm3.Forward(tape, Elementwise.Apply<Add>(tape, queries, lin2.Forward(tape, lin1.Forward(tape, queries))));
        q = Elementwise.Apply<Add>(tape, queries, tokens);
        keys = norm4.Forward(tape, Elementwise.Apply<Add>(tape, keys, toTokens.Forward(tape, k, q, queries)));
        return (queries, keys);
    }
}
