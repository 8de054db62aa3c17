namespace XlstmSam.Kernels;

/// <summary>x and y are (Rows, Blocks, Size), the weight is (Blocks, Size out, Size in).</summary>
public readonly record struct HeadwiseLinearGeometry(long Rows, int Blocks, int Size) : IGeometry
{
    /// <inheritdoc/>
    public long Flops => 2 * Rows * Blocks * Size * Size;

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * ((2 * Rows * Blocks * Size) + ((long)Blocks * Size * Size));
}

/// <summary>y[r, b, o] = Σ_i weight[b, o, i] x[r, b, i]: a block-diagonal linear map. Gradients accumulate (+=); absent ones are skipped.</summary>
public interface IHeadwiseLinear : IKernelFamily<HeadwiseLinearGeometry>
{
    /// <summary>y from x and weight.</summary>
    void Forward(in HeadwiseLinearGeometry geometry, View x, View weight, View y);

    /// <summary>Adds the gradients of x and weight; those that are None are skipped.</summary>
    void Backward(in HeadwiseLinearGeometry geometry, View dy, View x, View weight, View dx, View dweight);
}

internal sealed partial class CountedKernels : IHeadwiseLinear
{
    public long ScratchBytes(in HeadwiseLinearGeometry geometry) => real.HeadwiseLinear.ScratchBytes(geometry);

    public void Forward(in HeadwiseLinearGeometry geometry, View x, View weight, View y) =>
        Add("HeadwiseLinear", TallyPass.Forward, real.HeadwiseLinear, geometry);

    public void Backward(in HeadwiseLinearGeometry geometry, View dy, View x, View weight, View dx, View dweight) =>
        AddBackward("HeadwiseLinear", real.HeadwiseLinear, geometry, data: !dx.IsNone, weight: !dweight.IsNone);
}
