namespace XlstmSam.Kernels;

/// <summary>
/// Batch matrix products y = op(a) op(b): op(a) is (M, K), op(b) is (K, N), y is (M, N). A transposed operand is stored as (K, M) or (N, K).
/// Ld is the distance between stored rows, Stride the distance between the matrices of a batch, both in elements.
/// </summary>
public readonly record struct MatMulGeometry(
    int Batch, int M, int N, int K, bool TransposeA, bool TransposeB, long LdA, long LdB, long LdY, long StrideA, long StrideB, long StrideY) : IGeometry
{
    /// <inheritdoc/>
    public long Flops => 2L * Batch * M * N * K;

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * (long)Batch * (((long)M * K) + ((long)K * N) + ((long)M * N));

    /// <summary>Dense operands, one after the other.</summary>
    public static MatMulGeometry Dense(int m, int n, int k, bool transposeA = false, bool transposeB = false, int batch = 1) =>
        new(batch, m, n, k, transposeA, transposeB, transposeA ? m : k, transposeB ? k : n, n, (long)m * k, (long)k * n, (long)m * n);
}

/// <summary>
/// y = activation(op(a) op(b) + bias), or y += op(a) op(b). A linear layer is a (M, K) against its weight stored (N, K);
/// the gradients are two more products: dx = dy W, dW = dyᵀ x.
/// </summary>
public interface IMatMul : IKernelFamily<MatMulGeometry>
{
    /// <summary>y = activation(op(a) op(b) + bias).</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="bias">(N), or None.</param>
    /// <param name="activation">What is applied last.</param>
    /// <param name="y">The output, written.</param>
    void Multiply(in MatMulGeometry geometry, View a, View b, View bias, Activation activation, View y);

    /// <summary>y += op(a) op(b).</summary>
    void Accumulate(in MatMulGeometry geometry, View a, View b, View y);
}

// A product that accumulates is a gradient: of the weight if its first operand is transposed, else of the data.
internal sealed partial class CountedKernels : IMatMul
{
    public long ScratchBytes(in MatMulGeometry geometry) => real.MatMul.ScratchBytes(geometry);

    public void Multiply(in MatMulGeometry geometry, View a, View b, View bias, Activation activation, View y) =>
        Add("MatMul", TallyPass.Forward, real.MatMul, geometry);

    public void Accumulate(in MatMulGeometry geometry, View a, View b, View y) =>
        Add("MatMul", geometry.TransposeA ? TallyPass.BackwardWeight : TallyPass.BackwardData, real.MatMul, geometry);
}
