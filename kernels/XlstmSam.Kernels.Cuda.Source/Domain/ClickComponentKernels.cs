using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// The error of every mask and its largest 26-connected component. Voxels of the error point at the first voxel of their run along W, first voxels
/// of runs at other runs of their component; all others are -1. Masks lie along the grid's y.
/// </summary>
public static class ClickComponentKernels
{
    private const int BlockSize = BlockFold.BlockSize;
    private const int MinBlocks = 4;

    /// <summary>A warp per row. Clears the sizes and the state too.</summary>
    /// <param name="parents">(N, Voxels), voxel numbers within a mask.</param>
    /// <param name="rowsOfMask">D H.</param>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Runs(
        ArrayView<float> logits, ArrayView<byte> targets, ArrayView<int> parents, ArrayView<int> sizes, ArrayView<int> state, long rows, int rowsOfMask, int width, float threshold)
    {
        for (var i = Threads.Index; i < state.Length; i += Threads.Count)
        {
            state[i] = 0;
        }

        var lane = Group.IdxX & (WarpScan.Lanes - 1);
        for (var row = Threads.Index / WarpScan.Lanes; row < rows; row += Threads.Count / WarpScan.Lanes)
        {
            var first = (int)(row - (FastDivision.Of(row, rowsOfMask) * rowsOfMask)) * width;
            var gap = -1;
            for (var start = 0; start < width; start += WarpScan.Lanes)
            {
                var w = start + lane;
                var at = (row * width) + w;
                var isError = false;
                if (w < width && logits.Length > 0)
                {
                    isError = logits[at] > threshold != (targets[at] != 0);
                }

                var last = WarpScan.Highest(lane, isError ? gap : w);
                if (w < width)
                {
                    parents[at] = isError ? first + last + 1 : -1;
                    sizes[at] = 0;
                }

                gap = Warp.Shuffle(last, WarpScan.Lanes - 1);
            }
        }
    }

    /// <summary>
    /// Joins runs that touch across rows. A voxel behind another of its run leaves to that what both touch, so few joins are left inside an object.
    /// </summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Join(ArrayView<int> parents, ArrayView<int> draws, int voxels, int height, int width)
    {
        var own = parents.SubView((long)Grid.IdxY * voxels, voxels);
        if (draws[3 * Grid.IdxY] == 0)
        {
            return;
        }

        for (var i = (Grid.IdxX * BlockSize) + Group.IdxX; i < voxels; i += Grid.DimX * BlockSize)
        {
            if (own[i] < 0)
            {
                continue;
            }

            var row = i / width;
            var (h, w) = (row % height, i - (row * width));
            var isInRun = w > 0 && own[w > 0 ? i - 1 : i] >= 0;
            if (h > 0)
            {
                Join(own, i, i - width, w, width, isInRun);
            }

            if (row >= height)
            {
                var below = i - (height * width);
                Join(own, i, below, w, width, isInRun);
                if (h > 0)
                {
                    Join(own, i, below - width, w, width, isInRun);
                }

                if (h + 1 < height)
                {
                    Join(own, i, below + width, w, width, isInRun);
                }
            }
        }
    }

    /// <summary>The last voxel of every run adds the run's length to its component, at the component's first voxel.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Sizes(ArrayView<int> parents, ArrayView<int> sizes, int voxels, int width)
    {
        var own = parents.SubView((long)Grid.IdxY * voxels, voxels);
        var counts = sizes.SubView((long)Grid.IdxY * voxels, voxels);
        for (var i = (Grid.IdxX * BlockSize) + Group.IdxX; i < voxels; i += Grid.DimX * BlockSize)
        {
            var w = i % width;
            var isLast = own[i] >= 0 && (w + 1 == width || own[w + 1 < width ? i + 1 : i] < 0);
            if (isLast)
            {
                var start = w > 0 && own[w > 0 ? i - 1 : i] >= 0 ? own[i] : i;
                Atomic.Add(ref counts[UnionFind.Root(own, start)], i - start + 1);
            }
        }
    }

    /// <summary>The largest component of every mask, the first among equals: size and, counted from the end, first voxel in one number.</summary>
    /// <param name="state">(N, 4): the first two elements are that number; 0 without an error.</param>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Largest(ArrayView<int> sizes, ArrayView<int> state, int voxels)
    {
        var room = SharedMemory.Allocate<long>(BlockSize);
        var counts = sizes.SubView((long)Grid.IdxY * voxels, voxels);
        var best = 0L;
        for (var i = (Grid.IdxX * BlockSize) + Group.IdxX; i < voxels; i += Grid.DimX * BlockSize)
        {
            var key = ClickState.Key(counts[i], i);
            best = key > best ? key : best;
        }

        best = BlockFold.Max(room, best);
        if (Group.IdxX == 0 && best > 0)
        {
            Atomic.Max(ref state.Cast<long>()[2L * Grid.IdxY], best);
        }
    }

    /// <summary>Joins a voxel with those of another row that touch it, near being the one beside it there.</summary>
    private static void Join(ArrayView<int> parents, int voxel, int near, int w, int width, bool isInRun)
    {
        if (parents[near] >= 0)
        {
            if (!isInRun)
            {
                UnionFind.Join(parents, voxel, near);
            }

            return;
        }

        if (!isInRun && w > 0)
        {
            JoinError(parents, voxel, near - 1);
        }

        if (w + 1 < width)
        {
            JoinError(parents, voxel, near + 1);
        }
    }

    private static void JoinError(ArrayView<int> parents, int voxel, int other)
    {
        if (parents[other] >= 0)
        {
            UnionFind.Join(parents, voxel, other);
        }
    }
}
