namespace XlstmSam.Kernels;

/// <summary>A 3-D cross-correlation with zero padding, groups 1. x is (N, D, H, W, Cin), y is (N, D', H', W', Cout).</summary>
/// <param name="N">Samples.</param>
/// <param name="In">The extent of x.</param>
/// <param name="Cin">Channels of x.</param>
/// <param name="Cout">Channels of y.</param>
/// <param name="Kernel">Taps along each axis.</param>
/// <param name="Stride">Outputs lie so many inputs apart.</param>
/// <param name="Padding">Zeros beyond each border.</param>
/// <param name="Type">How x, y and their gradients are stored; all else is float32.</param>
public readonly record struct Conv3dGeometry(
    int N, Extent3 In, int Cin, int Cout, Extent3 Kernel, Extent3 Stride, Extent3 Padding, ElementType Type = ElementType.Float32) : IGeometry
{
    /// <summary>The extent of y.</summary>
    public Extent3 Out => new(
        ((In.D + (2 * Padding.D) - Kernel.D) / Stride.D) + 1,
        ((In.H + (2 * Padding.H) - Kernel.H) / Stride.H) + 1,
        ((In.W + (2 * Padding.W) - Kernel.W) / Stride.W) + 1);

    /// <summary>Elements of the weight.</summary>
    public long WeightLength => Kernel.Count * Cin * Cout;

    /// <inheritdoc/>
    public long Flops => 2 * N * Out.Count * WeightLength;

    /// <inheritdoc/>
    public long Bytes => (Type.Bytes() * ((N * In.Count * Cin) + (N * Out.Count * Cout))) + (sizeof(float) * WeightLength);
}

/// <summary>
/// y[o] = bias + Σ_tap x[o stride - padding + tap] weight[tap]. The weight is (Kd, Kh, Kw, Cin, Cout).
/// Gradients accumulate (+=); absent ones are skipped. In bfloat16 the weight is rounded as x is, sums and moments are in float32.
/// </summary>
public interface IConv3d : IKernelFamily<Conv3dGeometry>
{
    /// <summary>y from x.</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="x">(N, In, Cin).</param>
    /// <param name="weight">The weight.</param>
    /// <param name="bias">(Cout), or None.</param>
    /// <param name="y">(N, Out, Cout), written.</param>
    void Forward(in Conv3dGeometry geometry, View x, View weight, View bias, View y);

    /// <summary>Forward, and the moments of every plane of y for an instance norm: cheaper than to read y again for them.</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="x">The input.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="bias">The bias, or None.</param>
    /// <param name="y">The output, written.</param>
    /// <param name="epsilon">What is added to a variance or a normaliser.</param>
    /// <param name="mean">(N, Cout), written.</param>
    /// <param name="rstd">(N, Cout), written: 1 / sqrt(variance + epsilon).</param>
    void ForwardWithMoments(in Conv3dGeometry geometry, View x, View weight, View bias, View y, float epsilon, View mean, View rstd);

    /// <summary>Adds the gradient of x, unless dx is None.</summary>
    void BackwardData(in Conv3dGeometry geometry, View dy, View weight, View dx);

    /// <summary>Adds the gradients of weight and bias; those that are None are skipped.</summary>
    void BackwardWeight(in Conv3dGeometry geometry, View dy, View x, View dweight, View dbias);
}

internal sealed partial class CountedKernels : IConv3d
{
    public long ScratchBytes(in Conv3dGeometry geometry) => real.Conv3d.ScratchBytes(geometry);

    public void Forward(in Conv3dGeometry geometry, View x, View weight, View bias, View y) =>
        Add("Conv3d", TallyPass.Forward, real.Conv3d, geometry);

    public void ForwardWithMoments(
        in Conv3dGeometry geometry, View x, View weight, View bias, View y, float epsilon, View mean, View rstd) =>
        Add("Conv3d", TallyPass.Forward, real.Conv3d, geometry);

    public void BackwardData(in Conv3dGeometry geometry, View dy, View weight, View dx) =>
        AddBackward("Conv3d", real.Conv3d, geometry, data: !dx.IsNone, weight: false);

    public void BackwardWeight(in Conv3dGeometry geometry, View dy, View x, View dweight, View dbias) =>
        AddBackward("Conv3d", real.Conv3d, geometry, data: false, weight: !dweight.IsNone);
}
