namespace XlstmSam.Kernels;

/// <summary>A depthwise convolution over tokens, x and y (B, S, C), weight (K, C). Reverse runs from the last token to the first.</summary>
public readonly record struct CausalConv1dGeometry(int B, int S, int C, int K, bool Reverse) : IGeometry
{
    /// <inheritdoc/>
    public long Flops => 2L * B * S * C * K;

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * ((2L * B * S * C) + ((long)K * C));
}

/// <summary>
/// y_t = bias + Σ_p weight[p] x_{t - (K-1) + p}, zeros before the start; reversed: x_{t + (K-1) - p}.
/// Gradients accumulate (+=); absent ones are skipped.
/// </summary>
public interface ICausalConv1d : IKernelFamily<CausalConv1dGeometry>
{
    /// <summary>y from x (B, S, C), weight (K, C) and bias (C) or None.</summary>
    void Forward(in CausalConv1dGeometry geometry, View x, View weight, View bias, View y);

    /// <summary>Adds the gradients of x, weight and bias; those that are None are skipped.</summary>
    void Backward(in CausalConv1dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias);
}

internal sealed partial class CountedKernels : ICausalConv1d
{
    public long ScratchBytes(in CausalConv1dGeometry geometry) => real.CausalConv1d.ScratchBytes(geometry);

    public void Forward(in CausalConv1dGeometry geometry, View x, View weight, View bias, View y) =>
        Add("CausalConv1d", TallyPass.Forward, real.CausalConv1d, geometry);

    public void Backward(in CausalConv1dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias) =>
        AddBackward("CausalConv1d", real.CausalConv1d, geometry, data: !dx.IsNone, weight: !dweight.IsNone);
}
