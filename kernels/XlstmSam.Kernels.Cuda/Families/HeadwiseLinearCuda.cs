using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class HeadwiseLinearCuda(Launcher launcher) : IHeadwiseLinear
{
    private readonly CudaKernel small = launcher.Kernel("HeadwiseLinearKernels.Small<Straight>");
    private readonly CudaKernel smallTransposed = launcher.Kernel("HeadwiseLinearKernels.Small<Transposed>");
    private readonly CudaKernel general = launcher.Kernel("HeadwiseLinearKernels.General<Straight>");
    private readonly CudaKernel generalTransposed = launcher.Kernel("HeadwiseLinearKernels.General<Transposed>");
    private readonly CudaKernel weightGradient = launcher.Kernel("HeadwiseLinearKernels.WeightGradient");
    private readonly ColumnSumsCuda columnSums = new(launcher);

    public long ScratchBytes(in HeadwiseLinearGeometry geometry) => sizeof(float) * Weights(geometry).PartialLength;

    public void Forward(in HeadwiseLinearGeometry geometry, View x, View weight, View y)
    {
        Debug.Assert(x.Length == geometry.Rows * geometry.Blocks * geometry.Size && y.Length == x.Length, "HeadwiseLinear: x and y match the geometry.");
        Multiply(geometry, small, general, x, weight, y, accumulate: false);
    }

    public void Backward(in HeadwiseLinearGeometry geometry, View dy, View x, View weight, View dx, View dweight)
    {
        Debug.Assert(x.Length == geometry.Rows * geometry.Blocks * geometry.Size && dy.Length == x.Length, "HeadwiseLinear: x and dy match the geometry.");
        if (!dx.IsNone)
        {
            Multiply(geometry, smallTransposed, generalTransposed, dy, weight, dx, accumulate: true);
        }

        if (!dweight.IsNone)
        {
            var plan = Weights(geometry);
            using var partial = launcher.Scratch.Borrow(plan.PartialLength);
            launcher.Launch(
                weightGradient, plan.Grid, dy, x, dweight, partial.View, plan.Rows, plan.Share, plan.Lanes, geometry.Blocks * geometry.Size, geometry.Size);
            columnSums.AddPartial(plan, partial.View, dweight);
        }
    }

    private static ColumnPlan Weights(in HeadwiseLinearGeometry geometry) => new(geometry.Rows, (long)geometry.Blocks * geometry.Size * geometry.Size);

    private void Multiply(in HeadwiseLinearGeometry geometry, CudaKernel four, CudaKernel any, View x, View weight, View y, bool accumulate)
    {
        var channels = geometry.Blocks * geometry.Size;
        if (4 % geometry.Size == 0 && channels % 4 == 0 && QuadKernel.AllAligned(x, y))
        {
            var plan = new QuadPlan(geometry.Rows, channels, 1);
            launcher.Launch(four, QuadKernel.Grid(plan), x, weight, y, KernelArgument.Of(plan), geometry.Size, accumulate ? 1 : 0);
        }
        else if (y.Length > 0)
        {
            launcher.Launch(any, launcher.Blocks(any, y.Length), x, weight, y, channels, geometry.Size, accumulate ? 1 : 0);
        }
    }
}
