namespace XlstmSam.Kernels;

/// <summary>How a resize reads its source.</summary>
public enum ResampleMode
{
    /// <summary>align_corners = false: source = max(0, (target + 0.5) in / out - 0.5).</summary>
    Trilinear,

    /// <summary>source = floor(target in / out).</summary>
    Nearest,
}

/// <summary>x is (N, In, C), y is (N, Out, C).</summary>
public readonly record struct Resample3dGeometry(int N, Extent3 In, Extent3 Out, int C, ResampleMode Mode) : IGeometry
{
    /// <inheritdoc/>
    public long Flops => Mode == ResampleMode.Nearest ? 0 : 16 * N * Out.Count * C;

    /// <inheritdoc/>
    public long Bytes => sizeof(float) * N * (In.Count + Out.Count) * C;
}

/// <summary>Resizes volumes. Backward is the exact adjoint and accumulates (+=).</summary>
public interface IResample3d : IKernelFamily<Resample3dGeometry>
{
    /// <summary>y is x at the size of Out.</summary>
    void Forward(in Resample3dGeometry geometry, View x, View y);

    /// <summary>dx gets the adjoint of forward applied to dy added, unless it is None.</summary>
    void Backward(in Resample3dGeometry geometry, View dy, View dx);
}

internal sealed partial class CountedKernels : IResample3d
{
    public long ScratchBytes(in Resample3dGeometry geometry) => real.Resample3d.ScratchBytes(geometry);

    public void Forward(in Resample3dGeometry geometry, View x, View y) => Add("Resample3d", TallyPass.Forward, real.Resample3d, geometry);

    public void Backward(in Resample3dGeometry geometry, View dy, View dx) =>
        AddBackward("Resample3d", real.Resample3d, geometry, data: !dx.IsNone, weight: false);
}
