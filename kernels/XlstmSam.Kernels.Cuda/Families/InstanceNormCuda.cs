using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>Forward sweeps x for the moments, then for the result; backward sweeps for the sums, then for the gradients.</summary>
internal sealed class InstanceNormCuda(Launcher launcher) : IInstanceNorm
{
    private readonly QuadKernel moments = new(launcher, "MomentKernels.Partial");
    private readonly CudaKernel finishMoments = launcher.Kernel("MomentKernels.Finish");
    private readonly CudaKernel finishSums = launcher.Kernel("PairSums.Finish");
    private readonly Passes[] identity = Passes.Of(launcher, nameof(Identity));
    private readonly Passes[] relu = Passes.Of(launcher, nameof(Relu));
    private readonly Passes[] leakyRelu = Passes.Of(launcher, nameof(LeakyRelu));

    public long ScratchBytes(in InstanceNormGeometry geometry) => sizeof(float) * (Plan(geometry).PairLength + (2 * geometry.Planes));

    public void Forward(
        in InstanceNormGeometry geometry, float epsilon, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd)
    {
        Moments(geometry, epsilon, x, mean, rstd);
        Normalise(geometry, activation, x, gamma, beta, residual, y, mean, rstd);
    }

    public void Normalise(in InstanceNormGeometry geometry, Activation activation, View x, View gamma, View beta, View residual, View y, View mean, View rstd)
    {
        Debug.Assert(x.Length == geometry.Length && y.Length == geometry.Length, "InstanceNorm: x and y match the geometry.");
        var plan = Plan(geometry);
        var (kernel, type) = (Of(activation, geometry.Type).Normalise.For(geometry.C, x, gamma, beta, residual, y, mean, rstd), geometry.Type);
        launcher.Launch(
            kernel, QuadKernel.Grid(plan), KernelArgument.Of(x, type), gamma, beta, KernelArgument.Of(residual, type), KernelArgument.Of(y, type), mean, rstd,
                KernelArgument.Of(plan));
    }

    public void Backward(
        in InstanceNormGeometry geometry, Activation activation, View dy, View x, View y, View gamma, View mean, View rstd, View dx, View dgamma,
        View dbeta, View dresidual)
    {
        Debug.Assert(x.Length == geometry.Length && dy.Length == geometry.Length, "InstanceNorm: x and dy match the geometry.");
        var (plan, passes, type) = (Plan(geometry), Of(activation, geometry.Type), geometry.Type);
        var gate = activation == Activation.None ? dy : y;
        var (cotangent, input, output) = (KernelArgument.Of(dy, type), KernelArgument.Of(x, type), KernelArgument.Of(gate, type));
        using var room = launcher.Scratch.Borrow(plan.PairLength + (2 * geometry.Planes));
        var (partial, means) = (room.View.Slice(2 * geometry.Planes, plan.PairLength), room.View.Slice(0, 2 * geometry.Planes));
        if (!dx.IsNone || !dgamma.IsNone || !dbeta.IsNone)
        {
            launcher.Launch(passes.Sums.For(geometry.C, dy, x, gate, mean, rstd, partial), QuadKernel.Grid(plan), cotangent, input, output, mean, rstd, partial,
                KernelArgument.Of(plan));
            launcher.Launch(finishSums, geometry.C, partial, means, dbeta, dgamma, KernelArgument.Of(plan));
        }

        if (!dx.IsNone || !dresidual.IsNone)
        {
            launcher.Launch(
                passes.Gradient.For(geometry.C, dy, x, gate, gamma, mean, rstd, means, dx, dresidual), QuadKernel.Grid(plan), cotangent, input, output,
                gamma, mean, rstd, means,
                KernelArgument.Of(dx, type), KernelArgument.Of(dresidual, type), KernelArgument.Of(plan), Replaces(dx, x), Replaces(dresidual, dy));
        }
    }

    /// <summary>Mean and 1 / sqrt(variance + epsilon) of every plane.</summary>
    internal void Moments(in InstanceNormGeometry geometry, float epsilon, View x, View mean, View rstd)
    {
        Debug.Assert(mean.Length == geometry.Planes && rstd.Length == geometry.Planes, "InstanceNorm: one mean and rstd per plane.");
        var plan = Plan(geometry);
        using var partial = launcher.Scratch.Borrow(plan.PairLength);
        launcher.Launch(moments.For(geometry.C, x, mean, rstd), QuadKernel.Grid(plan), x, mean, rstd, partial.View, KernelArgument.Of(plan), epsilon);
        if (plan.Shares > 1)
        {
            launcher.Launch(finishMoments, new(geometry.C, geometry.N), x, partial.View, mean, rstd, KernelArgument.Of(plan), epsilon);
        }
    }

    private static QuadPlan Plan(in InstanceNormGeometry geometry) => new(geometry.Voxels, geometry.C, geometry.N);

    /// <summary>Whether a gradient has the memory of what it replaces.</summary>
    private static int Replaces(View gradient, View operand) => !gradient.IsNone && CudaBuffer.Address(gradient) == CudaBuffer.Address(operand) ? 1 : 0;

    private Passes Of(Activation activation, ElementType type) => activation switch
    {
        Activation.None => identity[(int)type],
        Activation.Relu => relu[(int)type],
        Activation.LeakyRelu => leakyRelu[(int)type],
        _ => throw new ArgumentException($"InstanceNorm: activation is {activation}; expected None, Relu or LeakyRelu, whose gradient follows from y."),
    };

    private sealed class Passes(Launcher launcher, string formula, string element)
    {
        public QuadKernel Normalise { get; } = new(launcher, "InstanceNormKernels.Normalise", formula + ",", "," + element);

        public QuadKernel Sums { get; } = new(launcher, "InstanceNormKernels.Sums", formula + ",", "," + element);

        public QuadKernel Gradient { get; } = new(launcher, "InstanceNormKernels.Gradient", formula + ",", "," + element);

        /// <summary>For every type of volumes.</summary>
        public static Passes[] Of(Launcher launcher, string formula) =>
            [.. Enum.GetValues<ElementType>().Select(type => new Passes(launcher, formula, Elements.Name(type)))];
    }
}
