using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// One pass each way; a block has the same number of voxels of one mask. Its four sums, Σ p y, Σ p², Σ y² and Σ softplus(x) - x y, add up in
/// floats, those of a mask in double.
/// </summary>
public static class DiceCeKernels
{
    private const int BlockSize = 256;
    private const int MinBlocks = 4;

    /// <param name="partial">(N, Blocks, 4).</param>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Sums(ArrayView<float> logits, ArrayView<byte> targets, ArrayView<float> partial, long voxels, int share)
    {
        var sums = SharedMemory.Allocate<Float4>(BlockSize);
        var (first, count) = (Grid.IdxY * voxels, Count(voxels, share));
        Float4 sum = default;
        for (var i = Group.IdxX; i < count; i += BlockSize)
        {
            var at = first + ((long)Grid.IdxX * share) + i;
            var (x, y) = (logits[at], (float)targets[at]);
            var e = GpuLane.Exp(-MathF.Abs(x));
            var p = (x >= 0 ? 1 : e) / (1 + e);
            var entropy = (x > 0 ? x : 0) + GpuLane.LogOnePlus(new(e)).Value - (x * y);
            sum += new Float4(p * y, p * p, y, entropy);
        }

        sums[Group.IdxX] = sum;
        Group.Barrier();
        for (var offset = BlockSize / 2; offset > 0; offset >>= 1)
        {
            if (Group.IdxX < offset)
            {
                sums[Group.IdxX] += sums[Group.IdxX + offset];
            }

            Group.Barrier();
        }

        if (Group.IdxX == 0)
        {
            partial.Cast<Float4>()[((long)Grid.IdxY * Grid.DimX) + Grid.IdxX] = sums[0];
        }
    }

    /// <summary>A block per mask adds its blocks up.</summary>
    /// <param name="terms">(N, 2), doubles: dice and the sum of the cross entropy.</param>
    [CudaKernel(BlockSum.BlockSize, MinBlocks)]
    public static void Masks(ArrayView<float> partial, ArrayView<float> sums, ArrayView<float> terms, int blocks, float smooth)
    {
        var room = SharedMemory.Allocate<double>(BlockSum.BlockSize);
        double overlap = 0, predicted = 0, expected = 0, entropy = 0;
        for (var block = Group.IdxX; block < blocks; block += BlockSum.BlockSize)
        {
            var sum = partial.Cast<Float4>()[((long)Grid.IdxX * blocks) + block];
            (overlap, predicted, expected, entropy) = (overlap + sum.X, predicted + sum.Y, expected + sum.Z, entropy + sum.W);
        }

        overlap = BlockSum.Of(room, overlap);
        predicted = BlockSum.Of(room, predicted);
        expected = BlockSum.Of(room, expected);
        entropy = BlockSum.Of(room, entropy);
        if (Group.IdxX == 0)
        {
            sums[3L * Grid.IdxX] = (float)overlap;
            sums[(3L * Grid.IdxX) + 1] = (float)predicted;
            sums[(3L * Grid.IdxX) + 2] = (float)expected;
            terms.Cast<double>()[2L * Grid.IdxX] = 1 - (((2 * overlap) + smooth) / (predicted + expected + smooth));
            terms.Cast<double>()[(2L * Grid.IdxX) + 1] = entropy;
        }
    }

    /// <summary>One block: loss = dice Σ dice_n / N + entropy Σ entropy_n / (N Voxels).</summary>
    [CudaKernel(BlockSum.BlockSize, MinBlocks)]
    public static void Loss(ArrayView<float> terms, ArrayView<float> loss, int masks, long voxels, float diceWeight, float entropyWeight)
    {
        var room = SharedMemory.Allocate<double>(BlockSum.BlockSize);
        double dice = 0, entropy = 0;
        for (var n = Group.IdxX; n < masks; n += BlockSum.BlockSize)
        {
            dice += terms.Cast<double>()[2L * n];
            entropy += terms.Cast<double>()[(2L * n) + 1];
        }

        dice = BlockSum.Of(room, dice);
        entropy = BlockSum.Of(room, entropy);
        if (Group.IdxX == 0)
        {
            loss[0] = (float)((diceWeight * dice / masks) + (entropyWeight * entropy / ((double)masks * voxels)));
        }
    }

    /// <summary>With q = 1 - p computed without cancellation: dx += (target y + probability p) p q + entropy (p - y).</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Backward(
        ArrayView<float> dloss, ArrayView<float> logits, ArrayView<byte> targets, ArrayView<float> sums, ArrayView<float> dlogits, long voxels, int share,
        float diceWeight, float entropyWeight, float smooth)
    {
        var seed = dloss[0];
        var top = (2 * sums[3L * Grid.IdxY]) + smooth;
        var bottom = sums[(3L * Grid.IdxY) + 1] + sums[(3L * Grid.IdxY) + 2] + smooth;
        var (target, entropyFactor) = (-2 * seed * diceWeight / bottom, seed * entropyWeight);
        var probability = -target * (top / bottom);
        var (first, count) = (Grid.IdxY * voxels, Count(voxels, share));
        for (var i = Group.IdxX; i < count; i += BlockSize)
        {
            var at = first + ((long)Grid.IdxX * share) + i;
            var (x, y) = (logits[at], (float)targets[at]);
            var e = GpuLane.Exp(-MathF.Abs(x));
            var large = 1 / (1 + e);
            var small = e * large;
            var (p, q) = x >= 0 ? (large, small) : (small, large);
            var difference = (p * (1 - y)) - (q * y);
            dlogits[at] += (((target * y) + (probability * p)) * (p * q)) + (entropyFactor * difference);
        }
    }

    /// <summary>Voxels of this block.</summary>
    private static int Count(long voxels, int share)
    {
        var left = voxels - ((long)Grid.IdxX * share);
        return left < share ? (int)left : share;
    }
}
