namespace XlstmSam.Kernels;

/// <summary>A transposed convolution with kernel 2 and stride 2: x is (N, D, H, W, Cin), y is (N, 2D, 2H, 2W, Cout). No outputs overlap.</summary>
public readonly record struct ConvTranspose3dGeometry(int N, Extent3 In, int Cin, int Cout) : IGeometry
{
    /// <summary>The extent of y.</summary>
    public Extent3 Out => new(2 * In.D, 2 * In.H, 2 * In.W);

    /// <inheritdoc/>
    public long Flops => 2 * N * In.Count * 8 * Cin * Cout;

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * ((N * In.Count * Cin) + (N * Out.Count * Cout) + (8L * Cin * Cout));
}

/// <summary>
/// y[2i + tap] = bias + x[i] weight[:, tap, :]. The weight is (Cin, 2, 2, 2, Cout), so that forward is one matrix product and a scatter.
/// Gradients accumulate (+=); absent ones are skipped.
/// </summary>
public interface IConvTranspose3d : IKernelFamily<ConvTranspose3dGeometry>
{
    /// <summary>Elements of workspace that every pass of this geometry may use; 0 when none.</summary>
    long WorkspaceLength(in ConvTranspose3dGeometry geometry);

    /// <summary>y from x.</summary>
    void Forward(in ConvTranspose3dGeometry geometry, View x, View weight, View bias, View y, View workspace);

    /// <summary>Adds the gradients of x, weight and bias; those that are None are skipped.</summary>
    void Backward(in ConvTranspose3dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias, View workspace);
}

internal sealed partial class CountedKernels : IConvTranspose3d
{
    public long ScratchBytes(in ConvTranspose3dGeometry geometry) => real.ConvTranspose3d.ScratchBytes(geometry);

    public long WorkspaceLength(in ConvTranspose3dGeometry geometry) => real.ConvTranspose3d.WorkspaceLength(geometry);

    public void Forward(in ConvTranspose3dGeometry geometry, View x, View weight, View bias, View y, View workspace) =>
        Add("ConvTranspose3d", TallyPass.Forward, real.ConvTranspose3d, geometry);

    public void Backward(in ConvTranspose3dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias, View workspace) =>
        AddBackward("ConvTranspose3d", real.ConvTranspose3d, geometry, data: !dx.IsNone, weight: !dweight.IsNone);
}
