using System.Diagnostics;
using System.Numerics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>A team of threads per (row, group); the sums for weight and bias go down the columns in a sweep of their own.</summary>
internal sealed class LayerNormCuda(Launcher launcher) : ILayerNorm
{
    private const int WarpSize = 32;
    private const int BlockSize = 256;
    private readonly QuadKernel forward = new(launcher, "LayerNormKernels.Forward");
    private readonly QuadKernel gradient = new(launcher, "LayerNormKernels.Gradient");
    private readonly QuadKernel sums = new(launcher, "LayerNormKernels.Sums");
    private readonly CudaKernel finish = launcher.Kernel("PairSums.Finish");

    public long ScratchBytes(in LayerNormGeometry geometry) => sizeof(float) * Plan(geometry).PairLength;

    public void Forward(in LayerNormGeometry geometry, float epsilon, float scaleOffset, View x, View weight, View bias, View y, View mean, View rstd)
    {
        Debug.Assert(x.Length == geometry.Length && y.Length == geometry.Length, "LayerNorm: x and y match the geometry.");
        Debug.Assert(mean.Length == geometry.Rows * geometry.Groups && rstd.Length == mean.Length, "LayerNorm: one mean and rstd per (row, group).");
        var team = Team(geometry);
        launcher.Launch(
            forward.For(geometry.Width, x, weight, bias, y), Blocks(mean.Length, team), x, weight, bias, y, mean, rstd, geometry.Groups, geometry.Width, team, epsilon, scaleOffset);
    }

    public void Backward(in LayerNormGeometry geometry, float scaleOffset, View dy, View x, View weight, View mean, View rstd, View dx, View dweight, View dbias)
    {
        Debug.Assert(x.Length == geometry.Length && dy.Length == geometry.Length, "LayerNorm: x and dy match the geometry.");
        var (groups, width, team) = (geometry.Groups, geometry.Width, Team(geometry));
        if (!dweight.IsNone || !dbias.IsNone)
        {
            var plan = Plan(geometry);
            using var partial = launcher.Scratch.Borrow(plan.PairLength);
            launcher.Launch(sums.For(width, dy, x), QuadKernel.Grid(plan), dy, x, mean, rstd, partial.View, KernelArgument.Of(plan), groups, width);
            launcher.Launch(finish, plan.Columns, partial.View, View.None, dbias, dweight, KernelArgument.Of(plan));
        }

        if (!dx.IsNone)
        {
            launcher.Launch(gradient.For(width, dy, x, weight, dx), Blocks(mean.Length, team), dy, x, weight, mean, rstd, dx, groups, width, team, scaleOffset);
        }
    }

    private static QuadPlan Plan(in LayerNormGeometry geometry) => new(geometry.Rows, geometry.Channels, 1);

    /// <summary>A thread for every four elements, at most a warp.</summary>
    private static int Team(in LayerNormGeometry geometry) => (int)Math.Min(WarpSize, BitOperations.RoundUpToPowerOf2(((uint)geometry.Width + 3) / 4));

    private static int Blocks(long runs, int team) => checked((int)(((runs * team) + BlockSize - 1) / BlockSize));
}
