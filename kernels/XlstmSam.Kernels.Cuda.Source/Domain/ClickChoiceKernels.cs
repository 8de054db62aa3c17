using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>The click: number ⌊word n / 2⁶⁴⌋ of the n deepest candidates in raster order.</summary>
public static class ClickChoiceKernels
{
    private const int BlockSize = BlockFold.BlockSize;
    private const int MinBlocks = 4;

    /// <summary>A block per chunk of a mask, which lies along the grid's y, counts the deepest candidates in it.</summary>
    /// <param name="counts">(N, Chunks).</param>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Count(ArrayView<int> depths, ArrayView<int> state, ArrayView<int> counts, int voxels, int chunk)
    {
        var room = SharedMemory.Allocate<int>(BlockSize);
        var own = depths.SubView((long)Grid.IdxY * voxels, voxels);
        var greatest = state[(4L * Grid.IdxY) + 2];
        var end = voxels - chunk < Grid.IdxX * chunk ? voxels : (Grid.IdxX + 1) * chunk;
        var count = 0;
        for (var i = (Grid.IdxX * chunk) + Group.IdxX; i < end; i += BlockSize)
        {
            count += own[i] == greatest && greatest > 0 ? 1 : 0;
        }

        count = BlockFold.Sum(room, count);
        if (Group.IdxX == 0)
        {
            counts[((long)Grid.IdxY * Grid.DimX) + Grid.IdxX] = count;
        }
    }

    /// <summary>A block per mask finds the chunk, then the voxel in it.</summary>
    /// <param name="prompts">From the entry of the first mask on, those of others stride entries apart.</param>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Choose(
        ArrayView<int> depths, ArrayView<byte> targets, ArrayView<int> draws, ArrayView<int> state, ArrayView<int> counts, ArrayView<float> prompts,
        int voxels, int height, int width, int chunks, int chunk, int stride)
    {
        var parts = SharedMemory.Allocate<int>(BlockSize);
        var found = SharedMemory.Allocate<int>(2);
        var mask = Grid.IdxX;
        var own = counts.SubView((long)mask * chunks, chunks);
        var share = (chunks + BlockSize - 1) / BlockSize;
        var sum = 0;
        for (var c = Group.IdxX * share; c < (Group.IdxX + 1) * share && c < chunks; c++)
        {
            sum += own[c];
        }

        var total = BlockFold.Sum(parts, sum);
        parts[Group.IdxX] = sum;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            var (place, rest) = PartOf(parts, RandomIndex.Below(draws[(3 * mask) + 1], draws[(3 * mask) + 2], total));
            var at = place * share;
            while (total > 0 && rest >= own[at])
            {
                rest -= own[at];
                at++;
            }

            found[0] = total > 0 ? at : -1;
            found[1] = rest;
        }

        Group.Barrier();
        var voxel = Within(depths.SubView((long)mask * voxels, voxels), state[(4L * mask) + 2], parts, found[0], found[1], chunk);
        if (Group.IdxX == 0)
        {
            var row = voxel / width;
            var to = 4L * stride * mask;
            prompts[to] = row / height;
            prompts[to + 1] = row % height;
            prompts[to + 2] = voxel - (row * width);
            prompts[to + 3] = targets[((long)mask * voxels) + voxel] != 0 ? 1f : 0f;
        }
    }

    /// <summary>The voxel of a chunk that has so many of the deepest before it, in thread 0; voxel 0 without any.</summary>
    private static int Within(ArrayView<int> depths, int greatest, ArrayView<int> parts, int number, int before, int chunk)
    {
        var share = chunk / BlockSize;
        var first = (number < 0 ? 0 : number) * chunk;
        var count = 0;
        for (var k = 0; k < share; k++)
        {
            var i = first + (Group.IdxX * share) + k;
            count += i < depths.Length && depths[i < depths.Length ? i : 0] == greatest ? 1 : 0;
        }

        parts[Group.IdxX] = count;
        Group.Barrier();
        var voxel = 0;
        if (Group.IdxX == 0 && number >= 0)
        {
            var (part, rest) = PartOf(parts, before);
            voxel = first + (part * share);
            while (rest > 0 || depths[voxel] != greatest)
            {
                rest -= depths[voxel] == greatest ? 1 : 0;
                voxel++;
            }
        }

        return voxel;
    }

    /// <summary>The part that holds element number rest of all, and the element's number in it; the last part at most.</summary>
    private static (int Part, int Number) PartOf(ArrayView<int> parts, int rest)
    {
        var part = 0;
        while (part < BlockSize - 1 && rest >= parts[part])
        {
            rest -= parts[part];
            part++;
        }

        return (part, rest);
    }
}
