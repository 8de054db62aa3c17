using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Sums down the columns of a (Rows, Columns) matrix, in an order that the shape alone decides. A block of 256 threads covers so many
/// neighbouring columns (lanes, a power of two) that its reads are contiguous even where the matrix is narrow, and 256 / lanes rows at a time.
/// Block row b of the grid sums rows [share b, share (b + 1)). A single block row adds to y at once; several write (GridDim.y, Columns) partial
/// sums, which a second launch of <see cref="Add"/> adds up.
/// </summary>
public static class ColumnSums
{
    public const int BlockSize = 256;

    /// <summary>y[c] += Σ_r x[r, c]; y has one element per column.</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Add<[Instances(typeof(FloatElement), typeof(BFloatElement))] TElement>(
        ArrayView<TElement> x, ArrayView<float> y, ArrayView<float> partial, long rows, long share, int lanes)
        where TElement : unmanaged, IElement<TElement>
    {
        var column = Column(lanes);
        var sum = default(CompensatedSum);
        if (column < y.Length)
        {
            var (end, step) = (End(rows, share), BlockSize / lanes);
            for (var row = First(share, lanes); row < end; row += step)
            {
                sum.Add(TElement.Load(x, (row * y.Length) + column));
            }
        }

        Finish(sum.Value, column, lanes, y, partial);
    }

    /// <summary>This thread's column; may lie beyond the last.</summary>
    internal static long Column(int lanes) => ((long)Grid.IdxX * lanes) + (Group.IdxX & (lanes - 1));

    /// <summary>This thread's first row; it goes on in steps of 256 / lanes.</summary>
    internal static long First(long share, int lanes) => (Grid.IdxY * share) + (Group.IdxX / lanes);

    internal static long End(long rows, long share)
    {
        var end = (Grid.IdxY + 1) * share;
        return end < rows ? end : rows;
    }

    /// <summary>Adds up what the threads of a block have for each column, and puts it where it belongs. All threads of the block call it.</summary>
    internal static void Finish(float value, long column, int lanes, ArrayView<float> y, ArrayView<float> partial)
    {
        var total = Fold(value, lanes);
        if (Group.IdxX < lanes && column < y.Length)
        {
            if (Grid.DimY == 1)
            {
                y[column] += total;
            }
            else
            {
                partial[(Grid.IdxY * y.Length) + column] = total;
            }
        }
    }

    /// <summary>The sum over the threads of a block that share a column, pairwise; valid in the first lanes threads.</summary>
    private static float Fold(float value, int lanes)
    {
        var sums = SharedMemory.Allocate<float>(BlockSize);
        sums[Group.IdxX] = value;
        Group.Barrier();
        for (var offset = BlockSize / 2; offset >= lanes; offset >>= 1)
        {
            if (Group.IdxX < offset)
            {
                sums[Group.IdxX] += sums[Group.IdxX + offset];
            }

            Group.Barrier();
        }

        return sums[Group.IdxX];
    }
}
