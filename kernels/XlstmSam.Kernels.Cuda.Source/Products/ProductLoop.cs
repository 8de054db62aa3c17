using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Matrix products whose left operand is gathered from volumes as it is read: products, convolutions and their gradients are one loop. A block
/// of four warps owns a tile of y; a step of the sum at a time is copied to shared memory, one or two ahead of the arithmetic.
/// Blocks that share rows are neighbours. Without slices, y may leave behind its <see cref="PlaneMoments"/>, every matrix being a volume.
/// </summary>
internal static class ProductLoop
{
    public const int Threads = 128;
    public const int MinBlocks = 2;

    public static void Run<TPrecision, TTile, TElement, TLeft, TLeftLayout, TRight, TRightLayout, TY>(
        long left, long right, ArrayView<float> bias, ArrayView<TY> y, ArrayView<float> moments, in ProductShape product, in GatherShape gather,
        in RowGrid grid, in OutputShape output)
        where TPrecision : struct, IPrecision
        where TTile : struct, ITile
        where TElement : struct, IOperandElement
        where TLeft : struct, IOperand<TLeft>
        where TLeftLayout : struct, ILayout
        where TRight : struct, IOperand<TRight>
        where TRightLayout : struct, ILayout
        where TY : unmanaged, IElement<TY>
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

        var step = 4 * TElement.Run;
        var tiles = TTile.Shared();
        var rightTile = TLeftLayout.TileBytes(TTile.Rows);
        var stageBytes = rightTile + TRightLayout.TileBytes(TTile.Columns);
        var rows = TLeft.Open(product, gather, grid, left + (TElement.Bytes * matrix * product.LeftStride), firstRow, begin, TTile.Rows, thread);
        var columns = TRight.Open(product, gather, grid, right + (TElement.Bytes * matrix * product.RightStride), firstColumn, begin, TTile.Columns, thread);
        for (var stage = 0; stage < TTile.Stages - 1; stage++)
        {
            var tile = tiles + ((uint)stage * stageBytes);
            rows.Copy(product, gather, grid, begin + (stage * step), end, tile, TTile.Rows, thread);
            columns.Copy(product, gather, grid, begin + (stage * step), end, tile + rightTile, TTile.Columns, thread);
            AsyncCopies.Commit();
        }

        var sums = default(TileSums);
        var warpsAcross = TTile.HalfColumns / 32;
        var (warpRow, warpColumn) = (warp / warpsAcross * TTile.RowBlocks, warp & (warpsAcross - 1));
        var (read, write) = (tiles, tiles + ((uint)(TTile.Stages - 1) * stageBytes));
        for (var k = begin; k < end; k += step)
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
            if (k + ((TTile.Stages - 1) * step) < end)
            {
                rows.Copy(product, gather, grid, k + ((TTile.Stages - 1) * step), end, write, TTile.Rows, thread);
                columns.Copy(product, gather, grid, k + ((TTile.Stages - 1) * step), end, write + rightTile, TTile.Columns, thread);
            }

            AsyncCopies.Commit();
            sums = TPrecision.Multiply<TTile, TLeftLayout, TRightLayout>(
                sums, read + ((uint)warpRow * TLeftLayout.BlockBytes), read + rightTile + ((uint)warpColumn * TRightLayout.BlockBytes), lane);
            read = Next<TTile>(read, tiles, stageBytes);
            write = Next<TTile>(write, tiles, stageBytes);
        }

        AsyncCopies.WaitForAll();
        var place = new TilePlace
        {
            Address = tiles,
            RowBytes = ((uint)TTile.HalfColumns + 4) * SharedWords.Bytes,
            Matrix = matrix,
            FirstRow = firstRow,
            FirstColumn = firstColumn,
        };
        var own = tiles + ((uint)(32 * warpRow) * place.RowBytes) + ((uint)(32 * warpColumn) * SharedWords.Bytes);
        Group.Barrier();
        TElement.Store(sums.Left, own, place.RowBytes, TTile.RowBlocks, lane);
        Write<TTile, TY>(place, thread, bias, y, moments, product, grid, output);
        if (TTile.Columns > TTile.HalfColumns)
        {
            Group.Barrier();
            TElement.Store(sums.Right, own, place.RowBytes, TTile.RowBlocks, lane);
            place.FirstColumn += TTile.HalfColumns;
            Write<TTile, TY>(place, thread, bias, y, moments, product, grid, output);
        }
    }

    private static void Write<TTile, TY>(
        in TilePlace place, int thread, ArrayView<float> bias, ArrayView<TY> y, ArrayView<float> moments, in ProductShape product, in RowGrid grid,
        in OutputShape output)
        where TTile : struct, ITile
        where TY : unmanaged, IElement<TY>
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
