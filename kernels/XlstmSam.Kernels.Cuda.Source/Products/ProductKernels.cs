using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Matrix products whose left operand is gathered from volumes as it is read: products, convolutions and their gradients are one loop. A block
/// of four warps owns a tile of y; 16 terms of the sum at a time are copied to shared memory, two steps ahead of the arithmetic.
/// Blocks that share rows are neighbours. Without slices, y may leave behind its <see cref="PlaneMoments"/>, every matrix being a volume.
/// </summary>
internal static class ProductKernels
{
    private const int Threads = 128;
    private const int MinBlocks = 2;
    private const int Step = 16;
    private const int Stages = 3;

    /// <summary>left (M, K) as rows of (tap, channel), right stored (K, N).</summary>
    [CudaKernel(Threads, MinBlocks)]
    public static void Product<[Instances(typeof(Float32), typeof(Tf32))] TPrecision, [Instances(typeof(Broad), typeof(Narrow))] TTile>(
        long left, long right, ArrayView<float> bias, ArrayView<float> y, ArrayView<float> moments, ProductShape product, GatherShape gather, RowGrid grid, OutputShape output)
        where TPrecision : struct, IPrecision
        where TTile : struct, ITile =>
        Multiply<TPrecision, TTile, GatheredRows, AlongSum, StoredRows, AlongOuter>(left, right, bias, y, moments, product, gather, grid, output);

    /// <summary>left (M, K) as rows of (tap, channel), right stored (N, K), or (tap, N, channel).</summary>
    [CudaKernel(Threads, MinBlocks)]
    public static void ProductRightTransposed<[Instances(typeof(Float32), typeof(Tf32))] TPrecision, [Instances(typeof(Broad), typeof(Narrow))] TTile>(
        long left, long right, ArrayView<float> bias, ArrayView<float> y, ArrayView<float> moments, ProductShape product, GatherShape gather, RowGrid grid, OutputShape output)
        where TPrecision : struct, IPrecision
        where TTile : struct, ITile =>
        Multiply<TPrecision, TTile, GatheredRows, AlongSum, StoredColumns, AlongSum>(left, right, bias, y, moments, product, gather, grid, output);

    /// <summary>left stored (K, M), its K points of the grid and M (tap, channel); right stored (K, N).</summary>
    [CudaKernel(Threads, MinBlocks)]
    public static void ProductLeftTransposed<[Instances(typeof(Float32), typeof(Tf32))] TPrecision, [Instances(typeof(Broad), typeof(Narrow))] TTile>(
        long left, long right, ArrayView<float> bias, ArrayView<float> y, ArrayView<float> moments, ProductShape product, GatherShape gather, RowGrid grid, OutputShape output)
        where TPrecision : struct, IPrecision
        where TTile : struct, ITile =>
        Multiply<TPrecision, TTile, GatheredTerms, AlongOuter, StoredRows, AlongOuter>(left, right, bias, y, moments, product, gather, grid, output);

    private static void Multiply<TPrecision, TTile, TLeft, TLeftLayout, TRight, TRightLayout>(
        long left, long right, ArrayView<float> bias, ArrayView<float> y, ArrayView<float> moments, in ProductShape product, in GatherShape gather, in RowGrid grid, in OutputShape output)
        where TPrecision : struct, IPrecision
        where TTile : struct, ITile
        where TLeft : struct, IOperand<TLeft>
        where TLeftLayout : struct, ILayout
        where TRight : struct, IOperand<TRight>
        where TRightLayout : struct, ILayout
    {
        var thread = Group.IdxX;
        var (lane, warp) = (thread & 31, thread >> 5);
        var across = (product.N + TTile.Columns - 1) / TTile.Columns;
        var down = (product.M + TTile.Rows - 1) / TTile.Rows;
        var matrix = Grid.IdxX / (down * across);
        var tileRow = (Grid.IdxX / across) - (matrix * down);
        var (firstRow, firstColumn) = (tileRow * TTile.Rows, Grid.IdxX % across * TTile.Columns);
        var begin = Grid.IdxY * product.SliceLength;
        var end = product.K - begin < product.SliceLength ? product.K : begin + product.SliceLength;

        var tiles = TTile.Shared();
        var rightTile = TLeftLayout.TileBytes(TTile.Rows);
        var stageBytes = rightTile + TRightLayout.TileBytes(TTile.Columns);
        var rows = TLeft.Open(product, gather, grid, left + (SharedWords.Bytes * matrix * product.LeftStride), firstRow, begin, TTile.Rows, thread);
        var columns = TRight.Open(product, gather, grid, right + (SharedWords.Bytes * matrix * product.RightStride), firstColumn, begin, TTile.Columns, thread);
        for (var stage = 0; stage < Stages - 1; stage++)
        {
            var tile = tiles + ((uint)stage * stageBytes);
            rows.Copy(product, gather, grid, begin + (stage * Step), end, tile, TTile.Rows, thread);
            columns.Copy(product, gather, grid, begin + (stage * Step), end, tile + rightTile, TTile.Columns, thread);
            AsyncCopies.Commit();
        }

        var sums = default(TileSums);
        var warpsAcross = TTile.Columns / 32;
        var (warpRow, warpColumn) = (warp / warpsAcross * TTile.RowBlocks, warp % warpsAcross);
        var (read, write) = (tiles, tiles + ((Stages - 1) * stageBytes));
        for (var k = begin; k < end; k += Step)
        {
            // All threads have then read what the next copies overwrite, too.
            AsyncCopies.WaitForAllButOne();
            Group.Barrier();
            if (k + ((Stages - 1) * Step) < end)
            {
                rows.Copy(product, gather, grid, k + ((Stages - 1) * Step), end, write, TTile.Rows, thread);
                columns.Copy(product, gather, grid, k + ((Stages - 1) * Step), end, write + rightTile, TTile.Columns, thread);
            }

            AsyncCopies.Commit();
            sums = TPrecision.Multiply<TTile, TLeftLayout, TRightLayout>(
                sums, read + ((uint)warpRow * TLeftLayout.BlockBytes), read + rightTile + ((uint)warpColumn * TRightLayout.BlockBytes), lane);
            read = Next(read, tiles, stageBytes);
            write = Next(write, tiles, stageBytes);
        }

        AsyncCopies.WaitForAll();
        Group.Barrier();
        var rowBytes = ((uint)TTile.Columns + 4) * SharedWords.Bytes;
        var own = tiles + ((uint)((32 * warpRow) + (4 * (lane >> 2))) * rowBytes) + ((uint)((32 * warpColumn) + (8 * (lane & 3))) * SharedWords.Bytes);
        sums.First.Store(own, rowBytes);
        if (TTile.RowBlocks > 1)
        {
            sums.Second.Store(own + (32 * rowBytes), rowBytes);
        }

        Group.Barrier();
        if (moments.Length > 0)
        {
            PlaneMoments.OfTile(tiles, rowBytes, TTile.Columns, thread, matrix, firstRow, firstColumn, bias, moments, product);
        }

        var offset = (Grid.IdxY * product.SliceStride) + ProductOutput.MatrixStart(matrix, product);
        for (var i = thread; i < TTile.Rows * TTile.Columns / 4; i += Threads)
        {
            ProductOutput.Write(tiles, rowBytes, TTile.Rows, TTile.Columns, i, firstRow, firstColumn, offset, bias, y, product, grid, output);
        }
    }

    private static uint Next(uint stage, uint tiles, uint stageBytes) => stage == tiles + ((Stages - 1) * stageBytes) ? tiles : stage + stageBytes;
}
