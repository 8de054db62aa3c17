using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>The states that enter chunks 1, 2, ... of a sequence, and their gradients: what each chunk adds, then the recurrence over chunks.</summary>
internal static class MlstmStateKernels
{
    private const int BlockSize = 128;

    /// <summary>
    /// C = factor Σ_t a_t x_t (b_t z_t)ᵀ and n = factor Σ_t c_t x_t over the tokens t of a chunk, b absent for 1: keys and values in forward, queries
    /// and output gradients in backward. They go to the state of the chunk that is shift further. Grid: chunks from the first times tiles of C, sequences.
    /// </summary>
    [CudaKernel(Tile.BlockSize, minBlocks: 4)]
    public static void Increment<[Instances(typeof(Float32Tile), typeof(Tf32Tile), typeof(BFloat16Tile))] TPrecision>(
        MlstmShape shape, int firstChunk, int shift, float factor, ArrayView<float> x, ArrayView<float> z, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> states)
        where TPrecision : struct, ITilePrecision
    {
        var left = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var right = Tile.AsFloats(SharedMemory.Allocate<Float4>(Tile.SlabFloats / 4));
        var tiles = SequenceTile.Count(shape.HeadSize);
        var sequence = MlstmScanLayout.At(shape, Grid.IdxY);
        var (tile, chunk) = (Grid.IdxX % (tiles * tiles), firstChunk + (Grid.IdxX / (tiles * tiles)));
        var (row, column) = (tile / tiles * Tile.Size, tile % tiles * Tile.Size);
        var token = sequence.Token(sequence.First(chunk));
        var rows = sequence.Rows(chunk, x).Weighted(a, token, factor);
        var columns = sequence.Rows(chunk, z).Weighted(b, token);
        var sums = Tile.Multiply<TPrecision, OverRows, OverRows>(default, new(rows, row), new(columns, column), rows.Count, left, right);
        var state = sequence.State(chunk + shift, states);
        sums.Put<TPrecision, PlacedRows>(new(state, row, column));
        var channel = row + Group.IdxX;
        if (column == 0 && Group.IdxX < Tile.Size && channel < shape.HeadSize)
        {
            var weighted = rows.Weighted(c, token, factor);
            var sum = 0f;
            for (var t = 0; t < weighted.Count; t++)
            {
                sum += weighted.Weight(t) * weighted.At(t, channel);
            }

            states[state.Start + (shape.HeadSize * state.Step) + channel] = sum;
        }
    }

    /// <summary>state[c + 1] += decay[c] state[c], from the first to the last. A thread for each element; grid: blocks of elements, sequences.</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Carry(MlstmShape shape, ArrayView<float> decay, ArrayView<float> states)
    {
        var (first, chunk) = (Grid.IdxY * (shape.Chunks - 1L) * shape.StateLength, (long)Grid.IdxY * shape.Chunks);
        Carry(shape, decay, chunk, 1, states, first, shape.StateLength);
    }

    /// <summary>state[c] += decay[c] state[c + 1], from the last to the first.</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void CarryBack(MlstmShape shape, ArrayView<float> decay, ArrayView<float> states)
    {
        var (last, chunk) = ((((Grid.IdxY + 1) * (shape.Chunks - 1L)) - 1) * shape.StateLength, ((Grid.IdxY + 1L) * shape.Chunks) - 1);
        Carry(shape, decay, chunk, -1, states, last, -shape.StateLength);
    }

    /// <summary>⟨C, dC⟩ of every state: what reaches the forget gates of the chunk before it from all later chunks. Grid: states, sequences.</summary>
    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Products(MlstmShape shape, ArrayView<float> states, ArrayView<float> dstates, ArrayView<float> products)
    {
        var shares = SharedMemory.Allocate<float>(BlockSize);
        var start = ((Grid.IdxY * (shape.Chunks - 1L)) + Grid.IdxX) * shape.StateLength;
        var sum = default(CompensatedSum);
        for (long element = Group.IdxX; element < shape.StateLength; element += BlockSize)
        {
            sum.Add(states[start + element] * dstates[start + element]);
        }

        shares[Group.IdxX] = sum.Value;
        for (var half = BlockSize / 2; half > 0; half >>= 1)
        {
            Group.Barrier();
            if (Group.IdxX < half)
            {
                shares[Group.IdxX] += shares[Group.IdxX + half];
            }
        }

        if (Group.IdxX == 0)
        {
            products[((long)Grid.IdxY * shape.Chunks) + Grid.IdxX] = shares[0];
        }
    }

    // Four loads are under way at once: the recurrence itself is one multiply-add. The first state has nothing to take over.
    private static void Carry(MlstmShape shape, ArrayView<float> decay, long chunk, int chunkStep, ArrayView<float> states, long first, long step)
    {
        var element = ((long)Grid.IdxX * BlockSize) + Group.IdxX;
        if (element >= shape.StateLength)
        {
            return;
        }

        var (at, carried, rest) = (first + element, 0f, shape.Chunks - 1);
        for (; rest >= 4; rest -= 4)
        {
            var (v0, v1, v2, v3) = (states[at], states[at + step], states[at + (2 * step)], states[at + (3 * step)]);
            var (d0, d1, d2, d3) = (decay[chunk], decay[chunk + chunkStep], decay[chunk + (2 * chunkStep)], decay[chunk + (3 * chunkStep)]);
            v0 += d0 * carried;
            v1 += d1 * v0;
            v2 += d2 * v1;
            carried = v3 + (d3 * v2);
            states[at] = v0;
            states[at + step] = v1;
            states[at + (2 * step)] = v2;
            states[at + (3 * step)] = carried;
            (at, chunk) = (at + (4 * step), chunk + (4 * chunkStep));
        }

        for (; rest > 0; rest--)
        {
            carried = states[at] + (decay[chunk] * carried);
            states[at] = carried;
            (at, chunk) = (at + step, chunk + chunkStep);
        }
    }
}
