using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class DiceCeCuda(Launcher launcher) : IDiceCe
{
    // Voxels of a block: 16 for every thread.
    private const int Share = 4096;
    private readonly CudaKernel sum = launcher.Kernel("DiceCeKernels.Sums");
    private readonly CudaKernel masks = launcher.Kernel("DiceCeKernels.Masks");
    private readonly CudaKernel combine = launcher.Kernel("DiceCeKernels.Loss");
    private readonly CudaKernel backward = launcher.Kernel("DiceCeKernels.Backward");

    public long ScratchBytes(in DiceCeGeometry geometry) => sizeof(float) * geometry.N * (4L * (Blocks(geometry) + 1));

    public void Forward(in DiceCeGeometry geometry, in DiceCeWeights weights, View logits, U8View targets, View loss, View sums)
    {
        Debug.Assert(logits.Length == geometry.N * geometry.Voxels && targets.Length == logits.Length && sums.Length == 3L * geometry.N, "Shapes agree.");
        var (n, blocks) = (geometry.N, Blocks(geometry));
        using var room = launcher.Scratch.Borrow(4L * n * (blocks + 1));
        var (partial, terms) = (room.View.Slice(0, 4L * n * blocks), room.View.Slice(4L * n * blocks, 4L * n));
        launcher.Launch(sum, new(blocks, n), logits, targets, partial, geometry.Voxels, Share);
        launcher.Launch(masks, n, partial, sums, terms, blocks, weights.Smooth);
        launcher.Launch(combine, 1, terms, loss, n, geometry.Voxels, weights.Dice, weights.CrossEntropy);
    }

    public void Backward(in DiceCeGeometry geometry, in DiceCeWeights weights, View dloss, View logits, U8View targets, View sums, View dlogits)
    {
        if (!dlogits.IsNone)
        {
            var (dice, entropy) = (weights.Dice / geometry.N, (float)(weights.CrossEntropy / ((double)geometry.N * geometry.Voxels)));
            launcher.Launch(backward, new(Blocks(geometry), geometry.N), dloss, logits, targets, sums, dlogits, geometry.Voxels, Share, dice, entropy, weights.Smooth);
        }
    }

    private static int Blocks(in DiceCeGeometry geometry) => checked((int)((geometry.Voxels + Share - 1) / Share));
}
