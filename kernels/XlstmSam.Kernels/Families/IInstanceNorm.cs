namespace XlstmSam.Kernels;

/// <summary>x is (N, Voxels, C); one plane is all voxels of one (n, c).</summary>
/// <param name="N">Samples.</param>
/// <param name="Voxels">Voxels of one sample.</param>
/// <param name="C">Channels.</param>
/// <param name="Type">How x, y, the residual and their gradients are stored; all else is float32.</param>
public readonly record struct InstanceNormGeometry(int N, long Voxels, int C, ElementType Type = ElementType.Float32) : IGeometry
{
    /// <summary>Planes of all samples: N C.</summary>
    public long Planes => (long)N * C;

    /// <summary>Elements of x.</summary>
    public long Length => N * Voxels * C;

    /// <inheritdoc/>
    public long Flops => 8 * Length;

    /// <inheritdoc/>
    public long Bytes => Type.Bytes() * 3 * Length;
}

/// <summary>
/// y = act(gamma xhat + beta + residual),  xhat = (x - mean) rstd,  statistics per plane, biased variance.
/// With g = dy act'(y): dx = gamma rstd (g - mean(g) - xhat mean(g xhat)), dgamma = Σ g xhat, dbeta = Σ g, dresidual = g.
/// The activation is None, Relu or LeakyRelu: y has the sign of its argument, so y alone gives act'.
/// Backward accumulates (+=) and skips absent operands, but a gradient that is given the memory of what it replaces takes its place: dx may be
/// x, dresidual may be dy.
/// </summary>
public interface IInstanceNorm : IKernelFamily<InstanceNormGeometry>
{
    /// <summary>Of volumes in float32: those in bfloat16 come from a convolution, which gives the moments.</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="epsilon">What is added to a variance or a normaliser.</param>
    /// <param name="activation">What is applied last.</param>
    /// <param name="x">The input.</param>
    /// <param name="gamma">(C).</param>
    /// <param name="beta">(C).</param>
    /// <param name="residual">Same shape as x, or None.</param>
    /// <param name="y">Written; may be x.</param>
    /// <param name="mean">(N, C), written.</param>
    /// <param name="rstd">(N, C), written: 1 / sqrt(variance + epsilon).</param>
    void Forward(
        in InstanceNormGeometry geometry, float epsilon, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd);

    /// <summary>The last part of forward again, from the moments that it wrote: the same bits.</summary>
    void Normalise(in InstanceNormGeometry geometry, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd);

    /// <summary>Adds the gradients; those that are None are skipped, those that take the memory of what they replace take its place.</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="activation">What is applied last.</param>
    /// <param name="dy">The gradient of y.</param>
    /// <param name="x">The input.</param>
    /// <param name="y">The output of forward; None when the activation is None.</param>
    /// <param name="gamma">(C).</param>
    /// <param name="mean">The means.</param>
    /// <param name="rstd">One over the standard deviations.</param>
    /// <param name="dx">Gets the gradient of x; None to skip.</param>
    /// <param name="dgamma">Gets the gradient of gamma; None to skip.</param>
    /// <param name="dbeta">Gets the gradient of beta; None to skip.</param>
    /// <param name="dresidual">Gets the gradient of the residual; None to skip.</param>
    void Backward(
        in InstanceNormGeometry geometry, Activation activation, View dy, View x, View y, View gamma, View mean, View rstd, View dx, View dgamma,
        View dbeta, View dresidual);
}

internal sealed partial class CountedKernels : IInstanceNorm
{
    public long ScratchBytes(in InstanceNormGeometry geometry) => real.InstanceNorm.ScratchBytes(geometry);

    public void Forward(
        in InstanceNormGeometry geometry, float epsilon, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd) =>
        Add("InstanceNorm", TallyPass.Forward, real.InstanceNorm, geometry);

    public void Normalise(
        in InstanceNormGeometry geometry, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd) =>
        Add("InstanceNorm", TallyPass.Forward, real.InstanceNorm, geometry, 4 * geometry.Length, x.ByteLength + residual.ByteLength + y.ByteLength);

    public void Backward(
        in InstanceNormGeometry geometry, Activation activation, View dy, View x, View y, View gamma, View mean, View rstd, View dx, View dgamma,
        View dbeta, View dresidual) =>
        AddBackward("InstanceNorm", real.InstanceNorm, geometry, data: !dx.IsNone, weight: !dgamma.IsNone);
}
