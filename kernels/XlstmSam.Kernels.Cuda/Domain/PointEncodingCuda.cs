using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class PointEncodingCuda(Launcher launcher) : IPointEncoding
{
    private readonly CudaKernel forward = launcher.Kernel("PointEncodingKernels.Forward");

    public long ScratchBytes(in PointEncodingGeometry geometry) => 0;

    public void Forward(in PointEncodingGeometry geometry, int firstLabel, View prompts, View gaussian, View encodings, I32View rows)
    {
        Debug.Assert(prompts.Length == 4L * geometry.Items * geometry.Stride && gaussian.Length == 3L * geometry.Features, "Shapes agree.");
        Debug.Assert(encodings.Length == 3 * geometry.Tokens * geometry.Features && rows.Length == geometry.Tokens, "Shapes agree.");
        if (rows.Length > 0)
        {
            var (grid, blocks) = (geometry.Grid, launcher.Blocks(forward, geometry.Tokens * geometry.Features));
            launcher.Launch(
                forward, blocks, prompts, gaussian, encodings, rows, KernelArgument.Of(geometry.Window), geometry.Stride, geometry.Features, firstLabel,
                grid.D, grid.H, grid.W);
        }
    }
}
