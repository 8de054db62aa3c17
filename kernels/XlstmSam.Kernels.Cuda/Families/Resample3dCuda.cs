using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class Resample3dCuda(Launcher launcher) : IResample3d
{
    private readonly QuadKernel trilinear = new(launcher, "Resample3dKernels.Forward", "TrilinearTaps,");
    private readonly QuadKernel nearest = new(launcher, "Resample3dKernels.Forward", "NearestTaps,");
    private readonly QuadKernel trilinearBackward = new(launcher, "Resample3dKernels.Backward", "TrilinearTaps,");
    private readonly QuadKernel nearestBackward = new(launcher, "Resample3dKernels.Backward", "NearestTaps,");

    public long ScratchBytes(in Resample3dGeometry geometry) => 0;

    public void Forward(in Resample3dGeometry geometry, View x, View y)
    {
        Debug.Assert(x.Length >= geometry.N * geometry.In.Count * geometry.C && y.Length >= geometry.N * geometry.Out.Count * geometry.C);
        Launch(geometry.Mode == ResampleMode.Nearest ? nearest : trilinear, geometry, geometry.Out, x, y);
    }

    public void Backward(in Resample3dGeometry geometry, View dy, View dx)
    {
        if (!dx.IsNone)
        {
            Debug.Assert(dx.Length >= geometry.N * geometry.In.Count * geometry.C && dy.Length >= geometry.N * geometry.Out.Count * geometry.C);
            Launch(geometry.Mode == ResampleMode.Nearest ? nearestBackward : trilinearBackward, geometry, geometry.In, dy, dx);
        }
    }

    private void Launch(QuadKernel kernels, in Resample3dGeometry geometry, Extent3 written, View source, View target)
    {
        var (n, from, to, c, _) = geometry;
        var shape = new ResampleShape(n, from.D, from.H, from.W, to.D, to.H, to.W, c);
        var kernel = kernels.For(c, source, target);
        if (n * written.Count * c > 0)
        {
            launcher.Launch(kernel, launcher.Blocks(kernel, n * written.Count * shape.Quads), source, target, KernelArgument.Of(shape));
        }
    }
}
