using System.Diagnostics;
using System.Numerics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>A team of threads per line; few long lines are summed in shares first. Which, the shape decides.</summary>
internal sealed class ReductionCuda(Launcher launcher) : IReduction
{
    private const int WarpSize = 32;
    private const int BlockSize = 256;
    private readonly CudaKernel sum = launcher.Kernel("ReductionKernels.Sum");
    private readonly CudaKernel sumBackward = launcher.Kernel("ReductionKernels.SumBackward");
    private readonly CudaKernel max = launcher.Kernel("ReductionKernels.Max");
    private readonly CudaKernel maxBackward = launcher.Kernel("ReductionKernels.MaxBackward");
    private readonly CudaKernel variance = launcher.Kernel("ReductionKernels.Variance");
    private readonly CudaKernel varianceBackward = launcher.Kernel("ReductionKernels.VarianceBackward");
    private readonly CudaKernel logSumExp = launcher.Kernel("ReductionKernels.LogSumExp");
    private readonly CudaKernel logSumExpBackward = launcher.Kernel("ReductionKernels.LogSumExpBackward");
    private readonly CudaKernel softmax = launcher.Kernel("ReductionKernels.Softmax");
    private readonly CudaKernel softmaxBackward = launcher.Kernel("ReductionKernels.SoftmaxBackward");
    private readonly CudaKernel cumulativeSum = launcher.Kernel("ReductionKernels.CumulativeSum");
    private readonly CudaKernel shares = launcher.Kernel("LongSumKernels.Shares<Value>");
    private readonly CudaKernel squaredShares = launcher.Kernel("LongSumKernels.Shares<SquaredValue>");
    private readonly CudaKernel finish = launcher.Kernel("LongSumKernels.Finish");

    public long ScratchBytes(in ReductionGeometry geometry) => sizeof(float) * LongSumPlan.Of(geometry).PartialLength;

    public void Sum(in ReductionGeometry geometry, View x, View y, bool accumulate)
    {
        Check(geometry, x, y);
        var plan = LongSumPlan.Of(geometry);
        if (plan.Shares > 1)
        {
            LongSum(shares, plan, x, y.Slice(0, geometry.Results), accumulate);
            return;
        }

        Launch(sum, geometry, x, y.Slice(0, geometry.Results), geometry.Length, geometry.Inner, Team(geometry), accumulate ? 1 : 0);
    }

    public void SumOfSquares(View x, View y) => LongSum(squaredShares, new(1, x.Length, 1), x, y.Slice(0, 1), accumulate: false);

    public void SumBackward(in ReductionGeometry geometry, View dy, View dx)
    {
        if (!dx.IsNone && geometry.Count > 0)
        {
            Check(geometry, dx, dy);
            launcher.Launch(sumBackward, launcher.Blocks(sumBackward, geometry.Count), dy, dx.Slice(0, geometry.Count), geometry.Length, geometry.Inner);
        }
    }

    public void Max(in ReductionGeometry geometry, View x, View y)
    {
        Check(geometry, x, y);
        Launch(max, geometry, x, y.Slice(0, geometry.Results), geometry.Length, geometry.Inner, Team(geometry));
    }

    public void MaxBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx)
    {
        if (!dx.IsNone)
        {
            Check(geometry, dx, dy);
            Debug.Assert(geometry.Length < int.MaxValue, "MaxBackward counts positions in 32 bits.");
            Launch(maxBackward, geometry, dy, x, y.Slice(0, geometry.Results), dx, geometry.Length, geometry.Inner, Team(geometry));
        }
    }

    public void Variance(in ReductionGeometry geometry, View x, View y)
    {
        Check(geometry, x, y);
        Launch(variance, geometry, x, y.Slice(0, geometry.Results), geometry.Length, geometry.Inner, Team(geometry));
    }

    public void VarianceBackward(in ReductionGeometry geometry, View dy, View x, View dx)
    {
        if (!dx.IsNone)
        {
            Check(geometry, dx, dy);
            Launch(varianceBackward, geometry, dy.Slice(0, geometry.Results), x, dx, geometry.Length, geometry.Inner, Team(geometry));
        }
    }

    public void LogSumExp(in ReductionGeometry geometry, View x, View y)
    {
        Check(geometry, x, y);
        Launch(logSumExp, geometry, x, y.Slice(0, geometry.Results), geometry.Length, geometry.Inner, Team(geometry));
    }

    public void LogSumExpBackward(in ReductionGeometry geometry, View dy, View x, View y, View dx)
    {
        if (!dx.IsNone)
        {
            Check(geometry, dx, dy);
            Launch(logSumExpBackward, geometry, dy, x, y.Slice(0, geometry.Results), dx, geometry.Length, geometry.Inner, Team(geometry));
        }
    }

    public void Softmax(in ReductionGeometry geometry, View x, View y)
    {
        CheckAll(geometry, x, y);
        Launch(softmax, geometry, x, y, geometry.Results, geometry.Length, geometry.Inner, Team(geometry));
    }

    public void SoftmaxBackward(in ReductionGeometry geometry, View dy, View y, View dx)
    {
        if (!dx.IsNone)
        {
            CheckAll(geometry, dy, dx);
            Launch(softmaxBackward, geometry, dy, y, dx, geometry.Results, geometry.Length, geometry.Inner, Team(geometry));
        }
    }

    public void CumulativeSum(in ReductionGeometry geometry, bool reverse, View x, View y, bool accumulate)
    {
        CheckAll(geometry, x, y);
        Launch(cumulativeSum, geometry, x, y, geometry.Results, geometry.Length, geometry.Inner, Team(geometry), reverse ? 1 : 0, accumulate ? 1 : 0);
    }

    private static void Check(in ReductionGeometry geometry, View all, View results) =>
        Debug.Assert(all.Length >= geometry.Count && results.Length >= geometry.Results && geometry.Length > 0);

    private static void CheckAll(in ReductionGeometry geometry, View a, View b) => Debug.Assert(a.Length >= geometry.Count && b.Length >= geometry.Count);

    /// <summary>Threads of a line: where lines are contiguous as many as it has elements, at most a warp; else one.</summary>
    private static int Team(in ReductionGeometry geometry) =>
        geometry.Inner == 1 ? (int)Math.Min(WarpSize, BitOperations.RoundUpToPowerOf2((ulong)geometry.Length)) : 1;

    private void Launch(CudaKernel kernel, in ReductionGeometry geometry, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (geometry.Results > 0)
        {
            launcher.Launch(kernel, checked((int)(((geometry.Results * Team(geometry)) + BlockSize - 1) / BlockSize)), arguments);
        }
    }

    private void LongSum(CudaKernel kernel, in LongSumPlan plan, View x, View y, bool accumulate)
    {
        using var partial = launcher.Scratch.Borrow(plan.PartialLength);
        launcher.Launch(kernel, plan.Grid, x, partial.View, plan.Length, plan.Inner, plan.Share, plan.Lanes, plan.Groups);
        launcher.Launch(finish, checked((int)(((y.Length * WarpSize) + BlockSize - 1) / BlockSize)), partial.View, y, plan.Shares, accumulate ? 1 : 0);
    }
}
