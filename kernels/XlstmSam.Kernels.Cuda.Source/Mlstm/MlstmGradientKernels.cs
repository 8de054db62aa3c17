using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// The gradients of all chunks at once. The row sums of E, the gradient of the log weights, need no sums over E: with what passes through the incoming state
/// they come to dN_t·N_t + dβ_t β_t, and the column sums, with what passes into the outgoing state, to κ_j = k_j·dk_j.
/// </summary>
internal static class MlstmGradientKernels
{
    private const int WarpSize = 32;

    /// <summary>The planes of <see cref="MlstmBackwardPlanes"/> but κ: a warp for each token. Grid: blocks of 8 tokens, sequences.</summary>
    [CudaKernel(Tile.BlockSize)]
    public static void Unnormalize(
        MlstmShape shape, float share, float epsilon, ArrayView<float> dh, ArrayView<float> h, ArrayView<float> betas, ArrayView<float> planes, ArrayView<float> cotangents)
    {
        var sequence = MlstmScanLayout.At(shape, Grid.IdxY);
        var t = (Grid.IdxX * (Tile.BlockSize / WarpSize)) + (Group.IdxX / WarpSize);
        var r = share * RowDots.Of(sequence.Rows(dh), sequence.Outputs(h), t);
        if (Group.IdxX % WarpSize != 0 || t >= shape.S)
        {
            return;
        }

        var (gates, of, token) = (new MlstmGates(planes), new MlstmBackwardPlanes(cotangents), sequence.Token(t));
        var (alpha, beta, floor) = (planes[gates.Alpha + token], betas[token], planes[gates.Floor + token]);
        var isAbove = MathF.Abs(beta) > floor;
        var inverse = 1 / (MathF.Max(MathF.Abs(beta), floor) + epsilon);
        var dbeta = isAbove ? (beta > 0 ? -r : r) * inverse : 0;
        cotangents[of.Scale + token] = share * inverse;
        cotangents[of.AlphaScale + token] = alpha * share * inverse;
        cotangents[of.Dbeta + token] = dbeta;
        cotangents[of.AlphaDbeta + token] = alpha * dbeta;
        cotangents[of.Peak + token] = -epsilon * inverse * r;
        cotangents[of.RowSum + token] = isAbove ? epsilon * inverse * r : r;
    }

    /// <summary>dq, dk, dv and κ. Grid: chunks, batch items times heads.</summary>
    [CudaKernel(Tile.BlockSize)]
    public static void Gradients<[Instances(typeof(Float32Tile), typeof(Tf32Tile), typeof(BFloat16Tile))] TPrecision>(
        MlstmShape shape, int firstSequence, float scale, ArrayView<float> dh, ArrayView<float> q, ArrayView<float> k, ArrayView<float> v, ArrayView<float> planes, ArrayView<float> cotangents,
        ArrayView<float> states, ArrayView<float> dstates, ArrayView<float> dq, ArrayView<float> dk, ArrayView<float> dv)
        where TPrecision : struct, ITilePrecision
    {
        var left = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var right = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var scores = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.Floats / 4));
        var dscores = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.Floats / 4));
        var sequence = MlstmScanLayout.At(shape, firstSequence + Grid.IdxY);
        var (chunk, length) = (Grid.IdxX, sequence.Length(Grid.IdxX));
        var token = sequence.Token(sequence.First(chunk));
        var (gates, of) = (new MlstmGates(planes), new MlstmBackwardPlanes(cotangents));
        var (queries, keys, values) = (sequence.Rows(chunk, q), sequence.Rows(chunk, k), sequence.Rows(chunk, v));
        var (hasState, hasNext) = (chunk > 0, chunk + 1 < shape.Chunks);
        var (state, dstate) = (sequence.State(chunk, states), sequence.State(chunk + 1, dstates));

        var raw = Tile.Multiply<TPrecision, OverColumns, OverColumns>(default, new(queries, 0), new(keys, 0), shape.HeadSize, left, right);
        var outputGradients = sequence.Rows(chunk, dh).Weighted(cotangents, of.Scale + token);
        var draw = Tile.Multiply<TPrecision, OverColumns, OverColumns>(default, new(outputGradients, 0), new(values, 0), shape.HeadSize, left, right);
        raw.Map<TPrecision, MlstmWeighted>(default, new(gates, token, length, scale)).Put<TPrecision, SharedTile>(new(scores, Tile.Stride, 1));
        draw.Map<TPrecision, WithSum>(default, new(cotangents, of.Dbeta + token, length))
            .Map<TPrecision, MlstmWeighted>(default, new(gates, token, length, scale)).Put<TPrecision, SharedTile>(new(dscores, Tile.Stride, 1));

        var entered = keys.Weighted(planes, gates.Entry + token, scale);
        var kappa = 0f;
        for (var column = 0; column < shape.HeadSize; column += Tile.Size)
        {
            var sums = Tile.MultiplyTile<TPrecision, OverRows>(default, dscores, 1, Tile.Stride, new(keys, column), length, right);
            if (hasState)
            {
                var weighted = outputGradients.Weighted(cotangents, of.AlphaScale + token);
                sums = Tile.Multiply<TPrecision, OverColumns, OverColumns>(sums, new(weighted, 0), new(state, column), shape.HeadSize, left, right)
                    .Map<TPrecision, PlusOuter>(default, new(weighted.Weighted(cotangents, of.AlphaDbeta + token), state, column));
            }

            sums.Put<TPrecision, AddedRows>(new(sequence.Rows(chunk, dq), 0, column));

            sums = Tile.MultiplyTile<TPrecision, OverRows>(default, dscores, Tile.Stride, 1, new(queries, column), length, right);
            if (hasNext)
            {
                sums = Tile.Multiply<TPrecision, OverColumns, OverColumns>(
                        sums, new(values.Weighted(planes, gates.Entry + token, scale), 0), new(dstate, column), shape.HeadSize, left, right)
                    .Map<TPrecision, PlusOuter>(default, new(entered, dstate, column));
            }

            sums.Put<TPrecision, AddedRows>(new(sequence.Rows(chunk, dk), 0, column));
            Group.Barrier();
            sums.Map<TPrecision, TimesRows>(default, new(keys, column)).PutRowSums<TPrecision>(left);
            Group.Barrier();
            kappa += Group.IdxX < Tile.Size ? Tile.RowSum(left, Group.IdxX) : 0;

            sums = Tile.MultiplyTile<TPrecision, OverRows>(default, scores, Tile.Stride, 1, new(outputGradients, column), length, right);
            if (hasNext)
            {
                sums = Tile.Multiply<TPrecision, OverColumns, OverRows>(sums, new(entered, 0), new(dstate, column), shape.HeadSize, left, right);
            }

            sums.Put<TPrecision, AddedRows>(new(sequence.Rows(chunk, dv), 0, column));
        }

        if (Group.IdxX < length)
        {
            cotangents[of.ColumnSum + token + Group.IdxX] = kappa;
        }
    }

    /// <summary>Plus dβ of the row.</summary>
    private struct WithSum(ArrayView<float> cotangents, long first, int length) : ITileMap
    {
        public ArrayView<float> Cotangents = cotangents;
        public long First = first;
        public int Length = length;

        public readonly float At(int row, int column, float a, float b) => row < Length ? a + Cotangents[First + row] : 0;
    }

    /// <summary>Plus the weight of the row times n of the column.</summary>
    private struct PlusOuter(WeightedRows rows, WeightedRows state, int column) : ITileMap
    {
        public WeightedRows Rows = rows;
        public ArrayView<float> States = state.Data;
        public long First = state.Start + (state.Count * state.Step);
        public int Column = column;

        public readonly float At(int row, int column, float a, float b) =>
            row < Rows.Count && Column + column < Rows.Width ? a + (Rows.Weight(row) * States[First + Column + column]) : a;
    }

    /// <summary>Times the element of a matrix.</summary>
    private struct TimesRows(WeightedRows rows, int column) : ITileMap
    {
        public WeightedRows Rows = rows;
        public int Column = column;

        public readonly float At(int row, int column, float a, float b) => a * Rows.At(row, Column + column);
    }
}
