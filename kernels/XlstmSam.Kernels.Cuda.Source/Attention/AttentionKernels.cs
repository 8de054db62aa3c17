using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Attention forward. A block has 64 queries of one head and 64 columns of the output: it goes through the keys 64 at a time with a running
/// maximum and sum per query, so that no score leaves shared memory. Grid: query tiles times column tiles, (batch item, head).
/// </summary>
internal static class AttentionKernels
{
    // Threads of a query in the softmax; each looks at every fourth key.
    private const int Sharers = Tile.BlockSize / Tile.Size;

    [CudaKernel(Tile.BlockSize)]
    public static void Forward<[Instances(typeof(Float32Tile), typeof(Tf32Tile), typeof(BFloat16Tile))] TPrecision>(
        AttentionShape shape, float scale, ArrayView<float> q, ArrayView<float> k, ArrayView<float> v, ArrayView<float> y, ArrayView<float> logSumExp)
        where TPrecision : struct, ITilePrecision
    {
        var left = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var right = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var scores = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.Floats / 4));
        var factors = SharedMemory.Allocate<float>(Tile.Size);
        var columnTiles = SequenceTile.Count(shape.HeadSize);
        var (first, column) = (Grid.IdxX / columnTiles * Tile.Size, Grid.IdxX % columnTiles * Tile.Size);
        var (queries, keys, values) = (AttentionRows.Of(shape, q, shape.Sq, 1), AttentionRows.Of(shape, k, shape.Sk, 1),
            AttentionRows.Of(shape, v, shape.Sk, 1));
        var (max, sum) = (float.NegativeInfinity, 0f);
        var outputs = default(ThreadSums);
        for (var key = 0; key < shape.Sk; key += Tile.Size)
        {
            var tile = Tile.Multiply<TPrecision, OverColumns, OverColumns>(default, new(queries, first), new(keys, key), shape.HeadSize, left, right);
            Group.Barrier();
            tile.Put<TPrecision, ScoreTile>(new(scores, scale, shape.Sk - key));
            Group.Barrier();
            var highest = MathF.Max(max, Maximum(scores));
            var total = Exponentiate(scores, highest);
            var kept = GpuLane.Exp(max - highest);
            (max, sum) = (highest, (sum * kept) + total);
            if (Group.IdxX % Sharers == 0)
            {
                factors[Group.IdxX / Sharers] = kept;
            }

            Group.Barrier();
            outputs = outputs.Map<TPrecision, RowFactors>(default, new(factors));
            outputs = Tile.MultiplyTile<TPrecision, OverRows>(outputs, scores, Tile.Stride, 1, new(values.From(key), column), Tile.Size, right);
        }

        Group.Barrier();
        var row = Group.IdxX / Sharers;
        if (Group.IdxX % Sharers == 0)
        {
            factors[row] = 1 / sum;
            if (column == 0 && first + row < shape.Sq)
            {
                logSumExp[((long)Grid.IdxY * shape.Sq) + first + row] = max + GpuLane.Log(sum);
            }
        }

        Group.Barrier();
        outputs.Map<TPrecision, RowFactors>(default, new(factors)).Put<TPrecision, PlacedRows>(new(AttentionRows.Of(shape, y, shape.Sq, 1), first, column));
    }

    /// <summary>The largest score of this thread's query.</summary>
    private static float Maximum(ArrayView<float> scores)
    {
        var at = (Group.IdxX % Sharers * Tile.Stride) + (Group.IdxX / Sharers);
        var max = scores[at];
        for (var key = Sharers; key < Tile.Size; key += Sharers)
        {
            max = MathF.Max(max, scores[at + (key * Tile.Stride)]);
        }

        max = MathF.Max(max, Warp.ShuffleXor(max, 1));
        return MathF.Max(max, Warp.ShuffleXor(max, 2));
    }

    /// <summary>Scores become exponentials of what they differ from max; the sum over this thread's query.</summary>
    private static float Exponentiate(ArrayView<float> scores, float max)
    {
        var at = (Group.IdxX % Sharers * Tile.Stride) + (Group.IdxX / Sharers);
        var sum = 0f;
        for (var key = 0; key < Tile.Size; key += Sharers)
        {
            var e = GpuLane.Exp(scores[at + (key * Tile.Stride)] - max);
            scores[at + (key * Tile.Stride)] = e;
            sum += e;
        }

        sum += Warp.ShuffleXor(sum, 1);
        return sum + Warp.ShuffleXor(sum, 2);
    }

    /// <summary>Scaled scores, a row per key; minus infinity beyond the last key.</summary>
    private struct ScoreTile(ArrayView<float> tile, float scale, int keys) : ITileTarget
    {
        public ArrayView<float> Scores = tile;
        public float Scale = scale;
        public int Keys = keys;

        public readonly void Put(int row, int column, float value) =>
            Scores[(column * Tile.Stride) + row] = column < Keys ? Scale * value : float.NegativeInfinity;
    }
}
