namespace XlstmSam.Kernels;

/// <summary>A 3-D cross-correlation with zero padding, groups 1. x is (N, D, H, W, Cin), y is (N, D', H', W', Cout).</summary>
/// <param name="Type">How x, y and their gradients are stored; all else is float32.</param>
public readonly record struct Conv3dGeometry(
    int N, Extent3 In, int Cin, int Cout, Extent3 Kernel, Extent3 Stride, Extent3 Padding, ElementType Type = ElementType.Float32) : IGeometry
{
    public Extent3 Out => new(
        ((In.D + (2 * Padding.D) - Kernel.D) / Stride.D) + 1,
        ((In.H + (2 * Padding.H) - Kernel.H) / Stride.H) + 1,
        ((In.W + (2 * Padding.W) - Kernel.W) / Stride.W) + 1);

    public long WeightLength => Kernel.Count * Cin * Cout;

    public long Flops => 2 * N * Out.Count * WeightLength;

    public long Bytes => (Type.Bytes() * ((N * In.Count * Cin) + (N * Out.Count * Cout))) + (sizeof(float) * WeightLength);
}

/// <summary>
/// y[o] = bias + Σ_tap x[o stride - padding + tap] weight[tap]. The weight is (Kd, Kh, Kw, Cin, Cout).
/// Gradients accumulate (+=); absent ones are skipped. In bfloat16 the weight is rounded as x is, sums and moments are in float32.
/// </summary>
public interface IConv3d : IKernelFamily<Conv3dGeometry>
{
    /// <param name="bias">(Cout), or None.</param>
    void Forward(in Conv3dGeometry geometry, View x, View weight, View bias, View y);

    /// <summary>Forward, and the moments of every plane of y for an instance norm: cheaper than to read y again for them.</summary>
    /// <param name="mean">(N, Cout), written.</param>
    /// <param name="rstd">(N, Cout), written: 1 / sqrt(variance + epsilon).</param>
    void ForwardWithMoments(in Conv3dGeometry geometry, View x, View weight, View bias, View y, float epsilon, View mean, View rstd);

    void BackwardData(in Conv3dGeometry geometry, View dy, View weight, View dx);

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
