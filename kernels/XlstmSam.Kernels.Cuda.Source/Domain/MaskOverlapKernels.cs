using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Pairs of masks lie along the grid's y; blocks count shares of the voxels, then a block per pair adds the shares up.</summary>
public static class MaskOverlapKernels
{
    private const int BlockSize = BlockFold.BlockSize;
    private const int MinBlocks = 4;

    /// <param name="partial">(Pairs, Blocks, 2): voxels in both, voxels in the one plus voxels in the other.</param>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Count(ArrayView<float> logits, ArrayView<byte> targets, ArrayView<int> pairs, ArrayView<int> partial, long voxels, int share)
    {
        var room = SharedMemory.Allocate<int>(BlockSize);
        var left = voxels - ((long)Grid.IdxX * share);
        var count = left < share ? (int)left : share;
        var x = (pairs[2 * Grid.IdxY] * voxels) + ((long)Grid.IdxX * share);
        var y = (pairs[(2 * Grid.IdxY) + 1] * voxels) + ((long)Grid.IdxX * share);
        var (both, either) = (0, 0);
        for (var i = Group.IdxX; i < count; i += BlockSize)
        {
            var (predicted, expected) = (logits[x + i] > 0 ? 1 : 0, (int)targets[y + i]);
            both += predicted & expected;
            either += predicted + expected;
        }

        both = BlockFold.Sum(room, both);
        either = BlockFold.Sum(room, either);
        if (Group.IdxX == 0)
        {
            var to = 2 * (((long)Grid.IdxY * Grid.DimX) + Grid.IdxX);
            partial[to] = both;
            partial[to + 1] = either;
        }
    }

    [CudaKernel(BlockSum.BlockSize, MinBlocks)]
    public static void Dice(ArrayView<int> partial, ArrayView<float> dice, int blocks)
    {
        var room = SharedMemory.Allocate<double>(BlockSum.BlockSize);
        var (both, either) = (0.0, 0.0);
        for (var block = Group.IdxX; block < blocks; block += BlockSum.BlockSize)
        {
            var at = 2 * (((long)Grid.IdxX * blocks) + block);
            both += partial[at];
            either += partial[at + 1];
        }

        both = BlockSum.Of(room, both);
        either = BlockSum.Of(room, either);
        if (Group.IdxX == 0)
        {
            dice[Grid.IdxX] = either > 0 ? (float)(2 * both / either) : 1;
        }
    }
}
