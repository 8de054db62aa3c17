using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Attention backward, from the log-sum-exp of every query: P = exp(scale q·k - logSumExp), dS = scale P (dy·v - delta) with delta = dy·y. Queries and
/// keys have kernels of their own, so that every gradient is summed by one block.
/// </summary>
internal static class AttentionGradientKernels
{
    private const int WarpSize = 32;

    /// <summary>delta, laid out as the log-sum-exp: a warp for each query of a head. Grid: blocks of 8 queries, (batch item, head).</summary>
    [CudaKernel(Tile.BlockSize)]
    public static void Delta(AttentionShape shape, ArrayView<float> dy, ArrayView<float> y, ArrayView<float> delta)
    {
        var row = (Grid.IdxX * (Tile.BlockSize / WarpSize)) + (Group.IdxX / WarpSize);
        var (gradients, outputs) = (AttentionRows.Of(shape, dy, shape.Sq, 1), AttentionRows.Of(shape, y, shape.Sq, 1));
        var sum = RowDots.Of(gradients, outputs, row);
        if (Group.IdxX % WarpSize == 0 && row < shape.Sq)
        {
            delta[((long)Grid.IdxY * shape.Sq) + row] = sum;
        }
    }

    /// <summary>dq += dS k. Grid as in forward.</summary>
    [CudaKernel(Tile.BlockSize)]
    public static void Queries<[Instances(typeof(Float32Tile), typeof(Tf32Tile), typeof(BFloat16Tile))] TPrecision>(
        AttentionShape shape, float scale, ArrayView<float> dy, ArrayView<float> q, ArrayView<float> k, ArrayView<float> v, ArrayView<float> logSumExp,
        ArrayView<float> delta, ArrayView<float> dq)
        where TPrecision : struct, ITilePrecision
    {
        var left = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var right = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var dscores = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.Floats / 4));
        var columnTiles = SequenceTile.Count(shape.HeadSize);
        var (first, column) = (Grid.IdxX / columnTiles * Tile.Size, Grid.IdxX % columnTiles * Tile.Size);
        var (queries, gradients) = (AttentionRows.Of(shape, q, shape.Sq, 1), AttentionRows.Of(shape, dy, shape.Sq, 1));
        var (keys, values) = (AttentionRows.Of(shape, k, shape.Sk, 1), AttentionRows.Of(shape, v, shape.Sk, 1));
        var sums = default(ThreadSums);
        for (var key = 0; key < shape.Sk; key += Tile.Size)
        {
            var scores = Tile.Multiply<TPrecision, OverColumns, OverColumns>(default, new(queries, first), new(keys, key), shape.HeadSize, left, right);
            var dweights = Tile.Multiply<TPrecision, OverColumns, OverColumns>(default, new(gradients, first), new(values, key), shape.HeadSize, left, right);
            var weights = scores.Map<TPrecision, SoftmaxWeights>(default, new(shape, logSumExp, first, key, scale));
            Group.Barrier();
            weights.Map<TPrecision, ScoreGradients>(dweights, new(shape, delta, first, scale)).Put<TPrecision, SharedTile>(new(dscores, 1, Tile.Stride));
            sums = Tile.MultiplyTile<TPrecision, OverRows>(sums, dscores, Tile.Stride, 1, new(keys.From(key), column), Tile.Size, right);
        }

        sums.Put<TPrecision, AddedRows>(new(AttentionRows.Of(shape, dq, shape.Sq, 1), first, column));
    }

    /// <summary>dk += dSᵀ q, dv += Pᵀ dy. Grid: key tiles times column tiles, (batch item, head).</summary>
    [CudaKernel(Tile.BlockSize)]
    public static void Keys<[Instances(typeof(Float32Tile), typeof(Tf32Tile), typeof(BFloat16Tile))] TPrecision>(
        AttentionShape shape, float scale, ArrayView<float> dy, ArrayView<float> q, ArrayView<float> k, ArrayView<float> v, ArrayView<float> logSumExp,
        ArrayView<float> delta, ArrayView<float> dk, ArrayView<float> dv)
        where TPrecision : struct, ITilePrecision
    {
        var left = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var right = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var elements = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.Floats / 4));
        var columnTiles = SequenceTile.Count(shape.HeadSize);
        var (key, column) = (Grid.IdxX / columnTiles * Tile.Size, Grid.IdxX % columnTiles * Tile.Size);
        var (queries, gradients) = (AttentionRows.Of(shape, q, shape.Sq, 1), AttentionRows.Of(shape, dy, shape.Sq, 1));
        var (keys, values) = (AttentionRows.Of(shape, k, shape.Sk, 1), AttentionRows.Of(shape, v, shape.Sk, 1));
        var (dkeys, dvalues) = (default(ThreadSums), default(ThreadSums));
        for (var first = 0; first < shape.Sq; first += Tile.Size)
        {
            var scores = Tile.Multiply<TPrecision, OverColumns, OverColumns>(default, new(queries, first), new(keys, key), shape.HeadSize, left, right);
            var dweights = Tile.Multiply<TPrecision, OverColumns, OverColumns>(default, new(gradients, first), new(values, key), shape.HeadSize, left, right);
            var weights = scores.Map<TPrecision, SoftmaxWeights>(default, new(shape, logSumExp, first, key, scale));
            Group.Barrier();
            weights.Put<TPrecision, SharedTile>(new(elements, Tile.Stride, 1));
            dvalues = Tile.MultiplyTile<TPrecision, OverRows>(dvalues, elements, Tile.Stride, 1, new(gradients.From(first), column), Tile.Size, right);
            Group.Barrier();
            weights.Map<TPrecision, ScoreGradients>(dweights, new(shape, delta, first, scale)).Put<TPrecision, SharedTile>(new(elements, Tile.Stride, 1));
            dkeys = Tile.MultiplyTile<TPrecision, OverRows>(dkeys, elements, Tile.Stride, 1, new(queries.From(first), column), Tile.Size, right);
        }

        dkeys.Put<TPrecision, AddedRows>(new(AttentionRows.Of(shape, dk, shape.Sk, 1), key, column));
        dvalues.Put<TPrecision, AddedRows>(new(AttentionRows.Of(shape, dv, shape.Sk, 1), key, column));
    }

    /// <summary>P from scores; zero beyond the last query and the last key.</summary>
    private struct SoftmaxWeights(AttentionShape shape, ArrayView<float> logSumExp, int query, int key, float scale) : ITileMap
    {
        public ArrayView<float> LogSumExp = logSumExp;
        public long First = ((long)Grid.IdxY * shape.Sq) + query;
        public int Queries = shape.Sq - query;
        public int Keys = shape.Sk - key;
        public float Scale = scale;

        public readonly float At(int row, int column, float a, float b) =>
            row < Queries && column < Keys ? GpuLane.Exp((Scale * a) - LogSumExp[First + row]) : 0;
    }

    /// <summary>dS = scale P (dP - delta) from P and dP.</summary>
    private struct ScoreGradients(AttentionShape shape, ArrayView<float> delta, int query, float scale) : ITileMap
    {
        public ArrayView<float> Delta = delta;
        public long First = ((long)Grid.IdxY * shape.Sq) + query;
        public int Queries = shape.Sq - query;
        public float Scale = scale;

        public readonly float At(int row, int column, float a, float b) => row < Queries ? Scale * a * (b - Delta[First + row]) : 0;
    }
}
