using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class CausalConv1dCuda(Launcher launcher) : ICausalConv1d
{
    private readonly QuadKernel convolve = new(launcher, "CausalConv1dKernels.Convolve");
    private readonly CudaKernel weightGradient = launcher.Kernel("CausalConv1dKernels.WeightGradient");
    private readonly ColumnSumsCuda columnSums = new(launcher);

    public long ScratchBytes(in CausalConv1dGeometry geometry) =>
        sizeof(float) * Math.Max(Weights(geometry).PartialLength, new ColumnPlan((long)geometry.B * geometry.S, geometry.C).PartialLength);

    public void Forward(in CausalConv1dGeometry geometry, View x, View weight, View bias, View y)
    {
        Debug.Assert(x.Length == (long)geometry.B * geometry.S * geometry.C && y.Length == x.Length, "CausalConv1d: x and y match the geometry.");
        Convolve(geometry, geometry.Reverse, x, weight, bias, y, accumulate: false);
    }

    public void Backward(in CausalConv1dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias)
    {
        Debug.Assert(x.Length == (long)geometry.B * geometry.S * geometry.C && dy.Length == x.Length, "CausalConv1d: x and dy match the geometry.");
        if (!dx.IsNone)
        {
            Convolve(geometry, !geometry.Reverse, dy, weight, View.None, dx, accumulate: true);
        }

        if (!dweight.IsNone)
        {
            var plan = Weights(geometry);
            using var partial = launcher.Scratch.Borrow(plan.PartialLength);
            launcher.Launch(
                weightGradient, plan.Grid, dy, x, dweight, partial.View, plan.Rows, plan.Share, plan.Lanes, geometry.S, geometry.C, geometry.K,
                    Step(geometry.Reverse));
            columnSums.AddPartial(plan, partial.View, dweight);
        }

        if (!dbias.IsNone)
        {
            columnSums.Add(dy, (long)geometry.B * geometry.S, dbias);
        }
    }

    private static ColumnPlan Weights(in CausalConv1dGeometry geometry) => new((long)geometry.B * geometry.S, (long)geometry.K * geometry.C);

    private static int Step(bool reverse) => reverse ? 1 : -1;

    private void Convolve(in CausalConv1dGeometry geometry, bool reverse, View x, View weight, View bias, View y, bool accumulate)
    {
        var plan = new QuadPlan(geometry.S, geometry.C, geometry.B);
        var kernel = convolve.For(geometry.C, x, weight, bias, y);
        launcher.Launch(kernel, QuadKernel.Grid(plan), x, weight, bias, y, KernelArgument.Of(plan), geometry.K, Step(reverse), accumulate ? 1 : 0);
    }
}
