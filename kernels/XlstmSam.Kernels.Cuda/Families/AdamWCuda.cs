using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class AdamWCuda(Launcher launcher) : IAdamW
{
    private readonly CudaKernel update = launcher.Kernel("AdamWKernels.Update");

    public void Update(in AdamWStep step, View sumOfSquares, View parameters, View gradients, View firstMoment, View secondMoment)
    {
        var length = parameters.Length;
        Debug.Assert(gradients.Length == length && firstMoment.Length == length && secondMoment.Length == length, "Slabs have one length.");
        if (length > 0)
        {
            var quads = QuadKernel.AllAligned(parameters, gradients, firstMoment, secondMoment) ? length / 4 : 0;
            launcher.Launch(
                update, launcher.Blocks(update, (length + 3) / 4), sumOfSquares, parameters, gradients, firstMoment, secondMoment,
                KernelArgument.Of(AdamWCoefficients.Of(step)), quads);
        }
    }
}
