namespace XlstmSam.Kernels;

/// <summary>x is (Rows, Groups, Width); every (row, group) is normalised alone. Groups = 1 is the usual layer norm.</summary>
public readonly record struct LayerNormGeometry(long Rows, int Groups, int Width) : IGeometry
{
    /// <summary>Elements of a row.</summary>
    public int Channels => Groups * Width;

    /// <summary>Elements of x.</summary>
    public long Length => Rows * Channels;

    /// <inheritdoc/>
    public long Flops => 8 * Length;

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * 2 * Length;
}

/// <summary>
/// y = (scaleOffset + weight) xhat + bias,  xhat = (x - mean) rstd over Width, biased variance. weight and bias are (Groups * Width).
/// scaleOffset is 0 for a plain layer norm and 1 for the residual-scale one. Backward accumulates (+=) and skips absent operands.
/// </summary>
public interface ILayerNorm : IKernelFamily<LayerNormGeometry>
{
    /// <summary>y from x, and the statistics that backward needs.</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="epsilon">What is added to a variance or a normaliser.</param>
    /// <param name="scaleOffset">0 or 1: what is added to the weight.</param>
    /// <param name="x">The input.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="bias">(Groups * Width), or None.</param>
    /// <param name="y">The output, written.</param>
    /// <param name="mean">(Rows, Groups), written.</param>
    /// <param name="rstd">(Rows, Groups), written.</param>
    void Forward(in LayerNormGeometry geometry, float epsilon, float scaleOffset, View x, View weight, View bias, View y, View mean, View rstd);

    /// <summary>Adds the gradients of x, weight and bias; those that are None are skipped.</summary>
    void Backward(in LayerNormGeometry geometry, float scaleOffset, View dy, View x, View weight, View mean, View rstd, View dx, View dweight, View dbias);
}

internal sealed partial class CountedKernels : ILayerNorm
{
    public long ScratchBytes(in LayerNormGeometry geometry) => real.LayerNorm.ScratchBytes(geometry);

    public void Forward(in LayerNormGeometry geometry, float epsilon, float scaleOffset, View x, View weight, View bias, View y, View mean, View rstd) =>
        Add("LayerNorm", TallyPass.Forward, real.LayerNorm, geometry);

    public void Backward(
        in LayerNormGeometry geometry, float scaleOffset, View dy, View x, View weight, View mean, View rstd, View dx, View dweight, View dbias) =>
        AddBackward("LayerNorm", real.LayerNorm, geometry, data: !dx.IsNone, weight: !dweight.IsNone);
}
