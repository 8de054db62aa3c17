namespace XlstmSam.Kernels.Cuda;

/// <summary>y[c] += the sum of column c: of a matrix, or of what a kernel left in two steps. For bias gradients and other sums over rows.</summary>
internal sealed class ColumnSumsCuda(Launcher launcher)
{
    private readonly CudaKernel add = launcher.Kernel("ColumnSums.Add<FloatElement>");
    private readonly CudaKernel addVolume = launcher.Kernel("ColumnSums.Add<BFloatElement>");

    /// <param name="x">(rows, y.Length).</param>
    public void Add(View x, long rows, View y)
    {
        var plan = new ColumnPlan(rows, y.Length);
        using var partial = launcher.Scratch.Borrow(plan.PartialLength);
        launcher.Launch(
            x.Type == ElementType.Float32 ? add : addVolume, plan.Grid, KernelArgument.Of(x, x.Type), y, partial.View, rows, plan.Share, plan.Lanes);
        AddPartial(plan, partial.View, y);
    }

    /// <summary>The second step, if the plan has one.</summary>
    public void AddPartial(in ColumnPlan plan, View partial, View y)
    {
        if (plan.Shares > 1)
        {
            launcher.Launch(add, plan.Groups, partial, y, View.None, (long)plan.Shares, (long)plan.Shares, plan.Lanes);
        }
    }
}
