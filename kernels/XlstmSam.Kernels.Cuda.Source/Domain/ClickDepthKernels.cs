using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// The depth of every candidate, exactly: the squared distance to the nearest voxel that is none, along W first, then along the other axes. For a
/// uniform click all candidates are 1 deep. Masks lie along the grid's y.
/// </summary>
public static class ClickDepthKernels
{
    private const int BlockSize = BlockFold.BlockSize;
    private const int MinBlocks = 4;

    /// <summary>A warp per row, forwards and backwards.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void AlongWidth(
        ArrayView<byte> targets, ArrayView<int> parents, ArrayView<int> draws, ArrayView<int> state, ArrayView<int> depths, int rows, int width)
    {
        var mask = Grid.IdxY;
        var voxels = (long)rows * width;
        var (own, known) = (parents.SubView(mask * voxels, voxels), new ClickState(state, mask));
        var isUniform = draws[3 * mask] == 0;
        var lane = Group.IdxX & (WarpScan.Lanes - 1);
        for (var row = ((Grid.IdxX * BlockSize) + Group.IdxX) / WarpScan.Lanes; row < rows; row += Grid.DimX * BlockSize / WarpScan.Lanes)
        {
            var gap = -1;
            for (var start = 0; start < width; start += WarpScan.Lanes)
            {
                var (w, i) = (start + lane, (row * width) + start + lane);
                var isCandidate = w < width && IsCandidate(own, targets, known, isUniform, (mask * voxels) + i, i);
                var last = WarpScan.Highest(lane, isCandidate ? gap : w);
                if (w < width)
                {
                    depths[(mask * voxels) + i] = w - last;
                }

                gap = Warp.Shuffle(last, WarpScan.Lanes - 1);
            }

            gap = width;
            for (var start = (width - 1) / WarpScan.Lanes * WarpScan.Lanes; start >= 0; start -= WarpScan.Lanes)
            {
                var w = start + lane;
                var at = (mask * voxels) + (row * width) + w;
                var before = w < width ? depths[at] : 0;
                var next = WarpScan.Lowest(lane, before > 0 || w >= width ? gap : w);
                var steps = next - w < before ? next - w : before;
                if (w < width)
                {
                    depths[at] = isUniform && steps > 0 ? 1 : steps * steps;
                }

                gap = Warp.Shuffle(next, 0);
            }
        }
    }

    /// <summary>One more axis: min over steps k of k² + from[i ± k], outwards while k² can still win. Outside the grid is 0.</summary>
    /// <param name="stride">Elements from one voxel of the axis to the next.</param>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void AlongAxis(ArrayView<int> draws, ArrayView<int> from, ArrayView<int> to, int voxels, int stride, int length)
    {
        var first = (long)Grid.IdxY * voxels;
        var isUniform = draws[3 * Grid.IdxY] == 0;
        for (var i = (Grid.IdxX * BlockSize) + Group.IdxX; i < voxels; i += Grid.DimX * BlockSize)
        {
            var best = from[first + i];
            var place = i / stride % length;
            for (var k = 1; k * k < best && !isUniform; k++)
            {
                var step = (long)k * stride;
                var below = k > place ? 0 : from[first + i - step];
                var above = place + k >= length ? 0 : from[first + i + step];
                var nearer = (k * k) + (below < above ? below : above);
                best = nearer < best ? nearer : best;
            }

            to[first + i] = best;
        }
    }

    /// <summary>The greatest depth of every mask, into the third element of its state.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Greatest(ArrayView<int> depths, ArrayView<int> state, int voxels)
    {
        var room = SharedMemory.Allocate<long>(BlockSize);
        var own = depths.SubView((long)Grid.IdxY * voxels, voxels);
        var best = 0L;
        for (var i = (Grid.IdxX * BlockSize) + Group.IdxX; i < voxels; i += Grid.DimX * BlockSize)
        {
            best = own[i] > best ? own[i] : best;
        }

        best = BlockFold.Max(room, best);
        if (Group.IdxX == 0 && best > 0)
        {
            Atomic.Max(ref state[(4L * Grid.IdxY) + 2], (int)best);
        }
    }

    private static bool IsCandidate(ArrayView<int> parents, ArrayView<byte> targets, ClickState known, bool isUniform, long at, int voxel)
    {
        if (!known.IsWrong)
        {
            return targets[at] != 0;
        }

        return parents[voxel] >= 0 && (isUniform || UnionFind.Root(parents, voxel) == known.First);
    }
}
