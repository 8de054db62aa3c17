namespace XlstmSam.Kernels;

/// <summary>x and y are (Rows, Blocks, Size), the weight is (Blocks, Size out, Size in).</summary>
public readonly record struct HeadwiseLinearGeometry(long Rows, int Blocks, int Size) : IGeometry
{
    public long Flops => 2 * Rows * Blocks * Size * Size;

    public long Bytes => sizeof(float) * ((2 * Rows * Blocks * Size) + ((long)Blocks * Size * Size));
}

/// <summary>y[r, b, o] = Σ_i weight[b, o, i] x[r, b, i]: a block-diagonal linear map. Gradients accumulate (+=); absent ones are skipped.</summary>
public interface IHeadwiseLinear
{
    void Forward(in HeadwiseLinearGeometry geometry, View x, View weight, View y);

    void Backward(in HeadwiseLinearGeometry geometry, View dy, View x, View weight, View dx, View dweight);
}
