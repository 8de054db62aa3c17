using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Mean and variance of every plane of a convolution's output. The rows of a plane are cut into parts of a few rows; for each, its mean and the
/// sum of the squared distances from it are kept, (N, Parts, C, 2), and put together in a second step: no large numbers cancel.
/// </summary>
internal static class PlaneMoments
{
    private const int BlockSize = 256;
    private const int Lanes = 4;

    /// <summary>The parts in a tile of a product that lies in shared memory: one thread per column of a part.</summary>
    public static void OfTile(in TilePlace place, int columns, int thread, ArrayView<float> bias, ArrayView<float> parts, in ProductShape product)
    {
        // A part has as many rows as the tile has columns: then parts and columns take all threads.
        var (inPart, column) = (thread / columns * columns, place.FirstColumn + (thread & (columns - 1)));
        var count = product.M - (place.FirstRow + inPart);
        count = count < columns ? count : columns;
        if (count <= 0 || column >= product.N)
        {
            return;
        }

        var address = place.Address + ((uint)inPart * place.RowBytes) + ((uint)(thread & (columns - 1)) * SharedWords.Bytes);
        var sum = 0f;
        for (var row = 0; row < count; row++)
        {
            sum += SharedWords.LoadOne(address + ((uint)row * place.RowBytes));
        }

        var mean = sum / count;
        var squares = 0f;
        for (var row = 0; row < count; row++)
        {
            var distance = SharedWords.LoadOne(address + ((uint)row * place.RowBytes)) - mean;
            squares += distance * distance;
        }

        var part = ((long)place.Matrix * ((product.M + columns - 1) / columns)) + ((place.FirstRow + inPart) / columns);
        Store(parts, (part * product.N) + column, bias.Length > 0 ? mean + bias[column] : mean, squares);
    }

    /// <summary>The parts of planes in memory: a block per part (x) of a volume (y).</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Parts<[Instances(typeof(FloatElement), typeof(BFloatElement))] TElement>(
        ArrayView<TElement> x, ArrayView<float> parts, int rows, int columns, int partRows)
        where TElement : unmanaged, IElement<TElement>
    {
        var first = Grid.IdxX * partRows;
        var count = rows - first < partRows ? rows - first : partRows;
        for (var column = Group.IdxX; column < columns; column += BlockSize)
        {
            var start = ((((long)Grid.IdxY * rows) + first) * columns) + column;
            var sum = 0f;
            for (var row = 0; row < count; row++)
            {
                sum += TElement.Load(x, start + ((long)row * columns));
            }

            var mean = sum / count;
            var squares = 0f;
            for (var row = 0; row < count; row++)
            {
                var distance = TElement.Load(x, start + ((long)row * columns)) - mean;
                squares += distance * distance;
            }

            Store(parts, ((((long)Grid.IdxY * Grid.DimX) + Grid.IdxX) * columns) + column, mean, squares);
        }
    }

    /// <summary>mean and 1 / sqrt(variance + epsilon) of four channels (x) of a volume (y).</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Finish(ArrayView<float> parts, ArrayView<float> mean, ArrayView<float> rstd, int rows, int columns, int partRows, float epsilon)
    {
        var (column, count) = ((Grid.IdxX * Lanes) + (Group.IdxX % Lanes), (rows + partRows - 1) / partRows);
        var isInside = column < columns;
        var start = ((long)Grid.IdxY * count * columns) + (isInside ? column : 0);
        var sum = default(CompensatedSum);
        for (var part = Group.IdxX / Lanes; part < count; part += BlockSize / Lanes)
        {
            sum.Add(parts[2 * (start + ((long)part * columns))] * RowsOf(part, rows, partRows));
        }

        var shared = SharedMemory.Allocate<float>(BlockSize);
        var average = Fold(shared, sum.Value) / rows;
        var squares = default(CompensatedSum);
        for (var part = Group.IdxX / Lanes; part < count; part += BlockSize / Lanes)
        {
            var at = 2 * (start + ((long)part * columns));
            var distance = parts[at] - average;
            squares.Add(parts[at + 1] + (distance * distance * RowsOf(part, rows, partRows)));
        }

        var variance = Fold(shared, squares.Value) / rows;
        if (Group.IdxX < Lanes && isInside)
        {
            mean[((long)Grid.IdxY * columns) + column] = average;
            rstd[((long)Grid.IdxY * columns) + column] = 1 / MathF.Sqrt(variance + epsilon);
        }
    }

    private static int RowsOf(int part, int rows, int partRows) => rows - (part * partRows) < partRows ? rows - (part * partRows) : partRows;

    private static void Store(ArrayView<float> parts, long index, float mean, float squares)
    {
        parts[2 * index] = mean;
        parts[(2 * index) + 1] = squares;
    }

    /// <summary>The sum over the threads of a lane, in all of them.</summary>
    private static float Fold(ArrayView<float> shared, float value)
    {
        shared[Group.IdxX] = value;
        Group.Barrier();
        for (var offset = BlockSize / 2; offset >= Lanes; offset >>= 1)
        {
            if (Group.IdxX < offset)
            {
                shared[Group.IdxX] += shared[Group.IdxX + offset];
            }

            Group.Barrier();
        }

        var sum = shared[Group.IdxX % Lanes];
        Group.Barrier();
        return sum;
    }
}
