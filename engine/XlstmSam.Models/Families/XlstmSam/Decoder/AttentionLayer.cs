using XlstmSam.Engine;

namespace XlstmSam.Models;

/// <summary>Multi-head attention whose inner width is the embedding divided by <c>downsample</c>. Source: SAM-Med3D, Attention.</summary>
internal sealed class AttentionLayer(ParameterScope scope, int embedding, int heads, int downsample)
{
    private readonly LinearLayer query = new(scope["q_proj"], embedding, embedding / downsample);
    private readonly LinearLayer key = new(scope["k_proj"], embedding, embedding / downsample);
    private readonly LinearLayer value = new(scope["v_proj"], embedding, embedding / downsample);
    private readonly LinearLayer output = new(scope["out_proj"], embedding / downsample, embedding);

    public Tensor Forward(Tape tape, Tensor q, Tensor k, Tensor v) =>
        output.Forward(tape, Attention.Apply(tape, query.Forward(tape, q), key.Forward(tape, k), value.Forward(tape, v), heads));
}
