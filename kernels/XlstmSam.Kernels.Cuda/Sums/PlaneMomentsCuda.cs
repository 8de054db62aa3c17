namespace XlstmSam.Kernels.Cuda;

/// <summary>Mean and 1 / sqrt(variance + epsilon) of the planes of (N, Voxels, C), from parts that a product may leave behind.</summary>
internal sealed class PlaneMomentsCuda(Launcher launcher)
{
    private const int Lanes = 4;
    private readonly CudaKernel parts = launcher.Kernel("PlaneMoments.Parts<FloatElement>");
    private readonly CudaKernel partsOfVolume = launcher.Kernel("PlaneMoments.Parts<BFloatElement>");
    private readonly CudaKernel finish = launcher.Kernel("PlaneMoments.Finish");

    /// <summary>Elements of the parts of so many rows each.</summary>
    public static long Length(int n, int voxels, int channels, int partRows) => 2L * n * Count(voxels, partRows) * channels;

    public void Parts(View x, View partial, int n, int voxels, int channels, int partRows) =>
        launcher.Launch(
            x.Type == ElementType.Float32 ? parts : partsOfVolume, new Dim3(Count(voxels, partRows), n), KernelArgument.Of(x, x.Type), partial,
            voxels, channels, partRows);

    public void Finish(View partial, View mean, View rstd, int n, int voxels, int channels, int partRows, float epsilon) =>
        launcher.Launch(finish, new Dim3((channels + Lanes - 1) / Lanes, n), partial, mean, rstd, voxels, channels, partRows, epsilon);

    private static int Count(int voxels, int partRows) => (voxels + partRows - 1) / partRows;
}
