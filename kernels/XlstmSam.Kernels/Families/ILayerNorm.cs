namespace XlstmSam.Kernels;

/// <summary>x is (Rows, Groups, Width); every (row, group) is normalised alone. Groups = 1 is the usual layer norm.</summary>
public readonly record struct LayerNormGeometry(long Rows, int Groups, int Width) : IGeometry
{
    public int Channels => Groups * Width;

    public long Length => Rows * Channels;

    public long Flops => 8 * Length;

    public long Bytes => sizeof(float) * 2 * Length;
}

/// <summary>
/// y = (scaleOffset + weight) xhat + bias,  xhat = (x - mean) rstd over Width, biased variance. weight and bias are (Groups * Width).
/// scaleOffset is 0 for a plain layer norm and 1 for the residual-scale one. Backward accumulates (+=) and skips absent operands.
/// </summary>
public interface ILayerNorm : IKernelFamily<LayerNormGeometry>
{
    /// <param name="bias">(Groups * Width), or None.</param>
    /// <param name="mean">(Rows, Groups), written.</param>
    /// <param name="rstd">(Rows, Groups), written.</param>
    void Forward(in LayerNormGeometry geometry, float epsilon, float scaleOffset, View x, View weight, View bias, View y, View mean, View rstd);

    void Backward(in LayerNormGeometry geometry, float scaleOffset, View dy, View x, View weight, View mean, View rstd, View dx, View dweight, View dbias);
}

internal sealed partial class CountedKernels : ILayerNorm
{
    public long ScratchBytes(in LayerNormGeometry geometry) => real.LayerNorm.ScratchBytes(geometry);

    public void Forward(in LayerNormGeometry geometry, float epsilon, float scaleOffset, View x, View weight, View bias, View y, View mean, View rstd) =>
        Add("LayerNorm", TallyPass.Forward, real.LayerNorm, geometry);

    public void Backward(in LayerNormGeometry geometry, float scaleOffset, View dy, View x, View weight, View mean, View rstd, View dx, View dweight, View dbias) =>
        AddBackward("LayerNorm", real.LayerNorm, geometry, data: !dx.IsNone, weight: !dweight.IsNone);
}
