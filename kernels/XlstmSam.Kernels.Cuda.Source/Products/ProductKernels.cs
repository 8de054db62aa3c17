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

    /// <summary>left (M, K) as rows of (tap, channel), right stored (K, N).</summary>
    [CudaKernel(Threads, MinBlocks)]
    public static void Product<[Instances(typeof(Float32), typeof(Tf32), typeof(BFloat16))] TPrecision, [Instances(typeof(Large), typeof(Broad), typeof(Narrow))] TTile>(
        long left, long right, ArrayView<float> bias, ArrayView<float> y, ArrayView<float> moments, ProductShape product, GatherShape gather, RowGrid grid, OutputShape output)
        where TPrecision : struct, IPrecision
        where TTile : struct, ITile =>
        Multiply<TPrecision, TTile, GatheredRows, AlongSum, StoredRows, AlongOuter>(left, right, bias, y, moments, product, gather, grid, output);

    /// <summary>left (M, K) as rows of (tap, channel), right stored (N, K), or (tap, N, channel).</summary>
    [CudaKernel(Threads, MinBlocks)]
    public static void ProductRightTransposed<[Instances(typeof(Float32), typeof(Tf32), typeof(BFloat16))] TPrecision, [Instances(typeof(Large), typeof(Broad), typeof(Narrow))] TTile>(
        long left, long right, ArrayView<float> bias, ArrayView<float> y, ArrayView<float> moments, ProductShape product, GatherShape gather, RowGrid grid, OutputShape output)
        where TPrecision : struct, IPrecision
        where TTile : struct, ITile =>
        Multiply<TPrecision, TTile, GatheredRows, AlongSum, StoredColumns, AlongSum>(left, right, bias, y, moments, product, gather, grid, output);

    /// <summary>left stored (K, M), its K points of the grid and M (tap, channel); right stored (K, N).</summary>
    [CudaKernel(Threads, MinBlocks)]
    public static void ProductLeftTransposed<[Instances(typeof(Float32), typeof(Tf32), typeof(BFloat16))] TPrecision, [Instances(typeof(Large), typeof(Broad), typeof(Narrow))] TTile>(
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
        for (var stage = 0; stage < TTile.Stages - 1; stage++)
        {
            var tile = tiles + ((uint)stage * stageBytes);
            rows.Copy(product, gather, grid, begin + (stage * Step), end, tile, TTile.Rows, thread);
            columns.Copy(product, gather, grid, begin + (stage * Step), end, tile + rightTile, TTile.Columns, thread);
            AsyncCopies.Commit();
        }

        var sums = default(TileSums);
        var warpsAcross = TTile.HalfColumns / 32;
        var (warpRow, warpColumn) = (warp / warpsAcross * TTile.RowBlocks, warp % warpsAcross);
        var (read, write) = (tiles, tiles + ((uint)(TTile.Stages - 1) * stageBytes));
        for (var k = begin; k < end; k += Step)
        {
            // All threads have then read what the next copies overwrite, too.
            if (TTile.Stages > 2)
            {
                AsyncCopies.WaitForAllButOne();
            }
            else
            {
                AsyncCopies.WaitForAll();
            }

            Group.Barrier();
            if (k + ((TTile.Stages - 1) * Step) < end)
            {
                rows.Copy(product, gather, grid, k + ((TTile.Stages - 1) * Step), end, write, TTile.Rows, thread);
                columns.Copy(product, gather, grid, k + ((TTile.Stages - 1) * Step), end, write + rightTile, TTile.Columns, thread);
            }

            AsyncCopies.Commit();
            sums = TPrecision.Multiply<TTile, TLeftLayout, TRightLayout>(
                sums, read + ((uint)warpRow * TLeftLayout.BlockBytes), read + rightTile + ((uint)warpColumn * TRightLayout.BlockBytes), lane);
            read = Next<TTile>(read, tiles, stageBytes);
            write = Next<TTile>(write, tiles, stageBytes);
        }

        AsyncCopies.WaitForAll();
        var place = new TilePlace { Address = tiles, RowBytes = ((uint)TTile.HalfColumns + 4) * SharedWords.Bytes, Matrix = matrix, FirstRow = firstRow, FirstColumn = firstColumn };
        var own = tiles + ((uint)((32 * warpRow) + (4 * (lane >> 2))) * place.RowBytes) + ((uint)((32 * warpColumn) + (8 * (lane & 3))) * SharedWords.Bytes);
        Group.Barrier();
        sums.Left.Store(own, place.RowBytes, TTile.RowBlocks);
        Write<TTile>(place, thread, bias, y, moments, product, grid, output);
        if (TTile.Columns > TTile.HalfColumns)
        {
            Group.Barrier();
            sums.Right.Store(own, place.RowBytes, TTile.RowBlocks);
            place.FirstColumn += TTile.HalfColumns;
            Write<TTile>(place, thread, bias, y, moments, product, grid, output);
        }
    }

    private static void Write<TTile>(
        in TilePlace place, int thread, ArrayView<float> bias, ArrayView<float> y, ArrayView<float> moments, in ProductShape product, in RowGrid grid, in OutputShape output)
        where TTile : struct, ITile
    {
        Group.Barrier();
        if (moments.Length > 0)
        {
            PlaneMoments.OfTile(place, TTile.HalfColumns, thread, bias, moments, product);
        }

        var start = (Grid.IdxY * product.SliceStride) + ProductOutput.MatrixStart(place.Matrix, product);
        for (var i = thread; i < TTile.Rows * TTile.HalfColumns / 4; i += Threads)
        {
            ProductOutput.Write(place, TTile.Rows, TTile.HalfColumns, i, start, bias, y, product, grid, output);
        }
    }

    private static uint Next<TTile>(uint stage, uint tiles, uint stageBytes)
        where TTile : struct, ITile => stage == tiles + ((uint)(TTile.Stages - 1) * stageBytes) ? tiles : stage + stageBytes;
}
