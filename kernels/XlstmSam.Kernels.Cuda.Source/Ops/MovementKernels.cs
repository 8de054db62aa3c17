using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Rows of Width elements, a thread to four neighbouring ones (a quad): quads is their number in a row.</summary>
public static class MovementKernels
{
    private const int BlockSize = 256;
    private const int MinBlocks = 4;
    private const int Tile = 32;
    private const int TileStep = BlockSize / Tile;

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Copy<[Instances(typeof(Aligned), typeof(Loose))] TAccess>(
        ArrayView<float> source, ArrayView<float> target, long rows, long width, long sourceStride, long targetStride, long quads, int accumulate)
        where TAccess : struct, IQuadAccess
    {
        for (var i = Threads.Index; i < rows * quads; i += Threads.Count)
        {
            var row = FastDivision.Of(i, quads);
            var column = 4 * (i - (row * quads));
            Put<TAccess>(source, (row * sourceStride) + column, target, (row * targetStride) + column, Valid(width - column), accumulate);
        }
    }

    /// <summary>(Rows, Width), in which every run of length rows is reversed.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Flip<[Instances(typeof(Aligned), typeof(Loose))] TAccess>(
        ArrayView<float> source, ArrayView<float> target, long rows, int length, long width, long quads, int accumulate)
        where TAccess : struct, IQuadAccess
    {
        for (var i = Threads.Index; i < rows * quads; i += Threads.Count)
        {
            var row = FastDivision.Of(i, quads);
            var column = 4 * (i - (row * quads));
            var first = FastDivision.Of(row, length) * length;
            var mirrored = first + (length - 1 - (row - first));
            Put<TAccess>(source, (mirrored * width) + column, target, (row * width) + column, Valid(width - column), accumulate);
        }
    }

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Gather<[Instances(typeof(Aligned), typeof(Loose))] TAccess>(ArrayView<int> index, ArrayView<float> table, ArrayView<float> target, int width, int quads)
        where TAccess : struct, IQuadAccess
    {
        for (var i = Threads.Index; i < index.Length * quads; i += Threads.Count)
        {
            var row = FastDivision.Of(i, quads);
            var column = 4 * (i - (row * quads));
            Put<TAccess>(table, ((long)index[row] * width) + column, target, (row * width) + column, Valid(width - column), 0);
        }
    }

    /// <summary>Threads own quads of the table and go through the index, so that every row adds up in the order of r.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void GatherBackward<[Instances(typeof(Aligned), typeof(Loose))] TAccess>(ArrayView<int> index, ArrayView<float> dtarget, ArrayView<float> dtable, long rows, int width, int quads)
        where TAccess : struct, IQuadAccess
    {
        for (var i = Threads.Index; i < rows * quads; i += Threads.Count)
        {
            var row = FastDivision.Of(i, quads);
            var column = 4 * (i - (row * quads));
            var valid = Valid(width - column);
            var sum = TAccess.Load(dtable, (row * width) + column, valid);
            for (long r = 0; r < index.Length; r++)
            {
                if (index[r] == row)
                {
                    sum += TAccess.Load(dtarget, (r * width) + column, valid);
                }
            }

            TAccess.Store(dtable, (row * width) + column, valid, sum);
        }
    }

    /// <summary>
    /// A block per tile of 32 x 32, read along its rows and written along its columns by way of shared memory, whose rows have one element more, so
    /// that a column touches every bank once.
    /// </summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void Transpose(ArrayView<float> source, ArrayView<float> target, int rows, int columns, int tilesDown, int tilesAcross, int accumulate)
    {
        var tile = SharedMemory.Allocate<float>(Tile * (Tile + 1));
        var band = Grid.IdxX / tilesAcross;
        var matrix = band / tilesDown;
        var (firstRow, firstColumn) = ((band - (matrix * tilesDown)) * Tile, (Grid.IdxX - (band * tilesAcross)) * Tile);
        var plane = (long)matrix * rows * columns;
        var (across, down) = (Group.IdxX & (Tile - 1), Group.IdxX / Tile);
        for (var i = down; i < Tile; i += TileStep)
        {
            if (firstRow + i < rows && firstColumn + across < columns)
            {
                tile[(i * (Tile + 1)) + across] = source[plane + ((long)(firstRow + i) * columns) + firstColumn + across];
            }
        }

        Group.Barrier();
        for (var i = down; i < Tile; i += TileStep)
        {
            if (firstColumn + i < columns && firstRow + across < rows)
            {
                var to = plane + ((long)(firstColumn + i) * rows) + firstRow + across;
                var value = tile[(across * (Tile + 1)) + i];
                target[to] = accumulate != 0 ? target[to] + value : value;
            }
        }
    }

    private static int Valid(long left) => left < 4 ? (int)left : 4;

    private static void Put<TAccess>(ArrayView<float> source, long from, ArrayView<float> target, long to, int valid, int accumulate)
        where TAccess : struct, IQuadAccess
    {
        var value = TAccess.Load(source, from, valid);
        TAccess.Store(target, to, valid, accumulate != 0 ? TAccess.Load(target, to, valid) + value : value);
    }
}
