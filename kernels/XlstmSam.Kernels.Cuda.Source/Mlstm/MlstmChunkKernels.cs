using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>The outputs of all chunks at once, from the states that enter them.</summary>
internal static class MlstmChunkKernels
{
    private const int Sharers = Tile.BlockSize / Tile.Size;
    private const int AverageBlock = 256;

    /// <summary>h and, for backward, β. Grid: chunks, sequences.</summary>
    [CudaKernel(Tile.BlockSize)]
    public static void Outputs<[Instances(typeof(Float32Tile), typeof(Tf32Tile), typeof(BFloat16Tile))] TPrecision>(
        MlstmShape shape, float scale, float epsilon, ArrayView<float> q, ArrayView<float> k, ArrayView<float> v, ArrayView<float> planes, ArrayView<float> states, ArrayView<float> h, ArrayView<float> betas)
        where TPrecision : struct, ITilePrecision
    {
        var left = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var right = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var scores = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.Floats / 4));
        var factors = SharedMemory.Allocate<float>(Tile.Size);
        var sequence = MlstmScanLayout.At(shape, Grid.IdxY);
        var (chunk, length) = (Grid.IdxX, sequence.Length(Grid.IdxX));
        var token = sequence.Token(sequence.First(chunk));
        var gates = new MlstmGates(planes);
        var (queries, keys, values) = (sequence.Rows(chunk, q), sequence.Rows(chunk, k), sequence.Rows(chunk, v));
        var weighted = Tile.Multiply<TPrecision, OverColumns, OverColumns>(default, new(queries, 0), new(keys, 0), shape.HeadSize, left, right)
            .Map<TPrecision, MlstmWeighted>(default, new(gates, token, length, scale));
        Group.Barrier();
        weighted.Put<TPrecision, SharedTile>(new(scores, 1, Tile.Stride));
        weighted.PutRowSums<TPrecision>(left);
        Group.Barrier();

        var row = Group.IdxX / Sharers;
        var state = sequence.State(chunk, states);
        var fromState = chunk > 0 && row < length ? Product(queries, row, state) : 0;
        fromState += Warp.ShuffleXor(fromState, 1);
        fromState += Warp.ShuffleXor(fromState, 2);
        if (Group.IdxX % Sharers == 0 && row < length)
        {
            var beta = Tile.RowSum(left, row) + (planes[gates.Alpha + token + row] * fromState);
            betas[token + row] = beta;
            factors[row] = 1 / (MathF.Max(MathF.Abs(beta), planes[gates.Floor + token + row]) + epsilon);
        }
        else if (Group.IdxX % Sharers == 0)
        {
            factors[row] = 0;
        }

        var outputs = sequence.Outputs(h).From(sequence.First(chunk));
        outputs.Count = length;
        for (var column = 0; column < shape.HeadSize; column += Tile.Size)
        {
            var sums = Tile.MultiplyTile<TPrecision, OverRows>(default, scores, Tile.Stride, 1, new(values, column), length, right);
            if (chunk > 0)
            {
                sums = Tile.Multiply<TPrecision, OverColumns, OverRows>(
                    sums, new(queries.Weighted(planes, gates.Alpha + token), 0), new(state, column), shape.HeadSize, left, right);
            }

            sums.Map<TPrecision, RowFactors>(default, new(factors)).Put<TPrecision, PlacedRows>(new(outputs, 0, column));
        }
    }

    /// <summary>The mean of the outputs of two directions.</summary>
    [CudaKernel(AverageBlock, minBlocks: 4)]
    public static void Average(ArrayView<float> outputs, ArrayView<float> h)
    {
        for (var e = Threads.Index; e < h.Length; e += Threads.Count)
        {
            h[e] = 0.5f * (outputs[e] + outputs[h.Length + e]);
        }
    }

    /// <summary>This thread's part of q_t·n.</summary>
    private static float Product(WeightedRows queries, int row, WeightedRows state)
    {
        var sum = 0f;
        var sums = state.Start + (state.Count * state.Step);
        for (var channel = Group.IdxX % Sharers; channel < queries.Width; channel += Sharers)
        {
            sum += queries.At(row, channel) * state.Data[sums + channel];
        }

        return sum;
    }
}

/// <summary>Scores of a chunk, times their weights and a factor; zero above the diagonal and beyond the last token.</summary>
internal struct MlstmWeighted(MlstmGates gates, long token, int length, float factor) : ITileMap
{
    public MlstmGates Gates = gates;
    public long Token = token;
    public int Length = length;
    public float Factor = factor;

    public readonly float At(int row, int column, float a, float b) =>
        row < Length && column <= row ? a * Factor * Gates.Weight(Token + row, Token + column) : 0;
}
