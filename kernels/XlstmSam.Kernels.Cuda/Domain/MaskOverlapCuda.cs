using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class MaskOverlapCuda(Launcher launcher) : IMaskOverlap
{
    // Voxels of a block: 64 for every thread.
    private const int Share = 16384;
    private readonly CudaKernel count = launcher.Kernel("MaskOverlapKernels.Count");
    private readonly CudaKernel finish = launcher.Kernel("MaskOverlapKernels.Dice");

    public long ScratchBytes(in MaskOverlapGeometry geometry) => 2 * sizeof(int) * geometry.Pairs * Blocks(geometry);

    public void Dice(in MaskOverlapGeometry geometry, View logits, U8View targets, I32View pairs, View dice)
    {
        Debug.Assert(pairs.Length == 2L * geometry.Pairs && dice.Length == geometry.Pairs, "Shapes agree.");
        var blocks = (int)Blocks(geometry);
        using var room = launcher.Scratch.Borrow(ScratchBytes(geometry) / sizeof(int));
        launcher.Launch(count, new(blocks, geometry.Pairs), logits, targets, pairs, room.View, geometry.Voxels, Share);
        launcher.Launch(finish, geometry.Pairs, room.View, dice, blocks);
    }

    private static long Blocks(in MaskOverlapGeometry geometry) => (geometry.Voxels + Share - 1) / Share;
}
