namespace XlstmSam.Kernels;

/// <summary>q and y are (B, Sq, Heads, HeadSize), k and v are (B, Sk, Heads, HeadSize).</summary>
public readonly record struct AttentionGeometry(int B, int Heads, int Sq, int Sk, int HeadSize) : IGeometry
{
    /// <inheritdoc/>
    public long Flops => 4L * B * Heads * Sq * Sk * HeadSize;

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * 2L * B * Heads * HeadSize * (Sq + Sk);
}

/// <summary>
/// y = softmax(q kᵀ / sqrt(HeadSize)) v per head, in tiles: the score matrix is never stored. Backward recomputes it from the row's
/// log-sum-exp. Gradients accumulate (+=); absent ones are skipped.
/// </summary>
public interface IAttention : IKernelFamily<AttentionGeometry>
{
    /// <summary>y, and for backward the log-sum-exp of every query.</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="q">The queries.</param>
    /// <param name="k">The keys.</param>
    /// <param name="v">The values.</param>
    /// <param name="y">The output, written.</param>
    /// <param name="logSumExp">(B, Heads, Sq), written.</param>
    void Forward(in AttentionGeometry geometry, View q, View k, View v, View y, View logSumExp);

    /// <summary>Adds the gradients of q, k and v; those that are None are skipped.</summary>
    void Backward(in AttentionGeometry geometry, View dy, View q, View k, View v, View y, View logSumExp, View dq, View dk, View dv);
}

// Forward is two products; backward is four and the scores once more.
internal sealed partial class CountedKernels : IAttention
{
    public long ScratchBytes(in AttentionGeometry geometry) => real.Attention.ScratchBytes(geometry);

    public void Forward(in AttentionGeometry geometry, View q, View k, View v, View y, View logSumExp) =>
        Add("Attention", TallyPass.Forward, real.Attention, geometry);

    public void Backward(in AttentionGeometry geometry, View dy, View q, View k, View v, View y, View logSumExp, View dq, View dk, View dv) =>
        Add("Attention", TallyPass.BackwardData, real.Attention, geometry, geometry.Flops / 2 * 5, 2 * geometry.Bytes);
}
