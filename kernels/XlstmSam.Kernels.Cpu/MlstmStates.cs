namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The recurrence over states, and backward over their gradients: a block of rows goes through all chunks before the next one does, so it stays
/// in the cache and every state is written once. Blocks are independent of each other.
/// </summary>
internal static unsafe class MlstmStates
{
    private const int RowsOfBlock = 64;

    public static int Blocks(int headSize) => (headSize + RowsOfBlock - 1) / RowsOfBlock;

    public static long ScratchBytes(in MlstmSequence scan) =>
        MlstmGates.ScratchBytes(scan.Chunk)
        + ScratchCursor.Size(sizeof(float) * (long)scan.Chunk * MlstmTiles.Stride(Math.Min(RowsOfBlock, scan.HeadSize)))
        + ScratchCursor.Size(sizeof(float) * (long)scan.Chunk * scan.Width)
        + (2 * ScratchCursor.Size(sizeof(float) * (long)scan.Chunk));

    /// <summary>C̄' = z C̄ + Σ_j y_j k̂_j [v_j 1]ᵀ of chunks [from, to), from the first on.</summary>
    public static void Forward(in MlstmSequence scan, int from, int to, int block, float* k, float* v, float* i, ScratchCursor scratch)
    {
        for (var chunk = from; chunk < Math.Min(to, scan.Chunks - 1); chunk++)
        {
            var room = scratch;
            var gates = MlstmGates.Load(scan, chunk, i, ref room);
            var source = chunk > 0 ? scan.State(chunk) : null;
            if (chunk + 2 < scan.Chunks)
            {
                Prefetch(scan, chunk + 1, block, k, v);
            }

            Step(scan, chunk, block, scan.State(chunk + 1), source, gates.Decay, k, v, gates.Entry, gates.Entry, room);
        }
    }

    /// <summary>dC̄ = z dC̄' + Σ_t α_t q_t [dN_t dβ_t]ᵀ of chunks [from, to), from the last on.</summary>
    public static void Backward(in MlstmSequence scan, int from, int to, int block, in MlstmGradients gradients, ScratchCursor scratch)
    {
        for (var chunk = to - 1; chunk >= Math.Max(from, 1); chunk--)
        {
            var room = scratch;
            var gates = MlstmGates.Load(scan, chunk, gradients.I, ref room);
            int start = scan.Start(chunk), length = scan.Length(chunk);
            float* weights = room.Floats(length), norms = room.Floats(length);
            for (var t = 0; t < length; t++)
            {
                weights[t] = gates.Alpha[t] * gradients.Scales(scan)[start + t];
                norms[t] = gates.Alpha[t] * gradients.Dbeta(scan)[start + t];
            }

            var source = chunk + 1 < scan.Chunks ? gradients.State(scan, chunk + 1) : null;
            if (chunk > 1)
            {
                Prefetch(scan, chunk - 1, block, gradients.Q, gradients.Dh);
            }

            Step(scan, chunk, block, gradients.State(scan, chunk), source, gates.Decay, gradients.Q, gradients.Dh, weights, norms, room);
        }
    }

    private static void Prefetch(in MlstmSequence scan, int chunk, int block, float* left, float* right)
    {
        MlstmTiles.Prefetch(scan, chunk, left, block * RowsOfBlock, Math.Min(RowsOfBlock, scan.HeadSize - (block * RowsOfBlock)));
        MlstmTiles.Prefetch(scan, chunk, right, 0, scan.HeadSize);
    }

    /// <summary>target = decay source + Σ_t left_t [weights_t right_t, norms_t]ᵀ in the rows of a block; nothing comes from an absent source.</summary>
    private static void Step(
        in MlstmSequence scan, int chunk, int block, float* target, float* source, float decay, float* left, float* right, float* weights, float* norms, ScratchCursor scratch)
    {
        int first = block * RowsOfBlock, rows = Math.Min(RowsOfBlock, scan.HeadSize - first), length = scan.Length(chunk);
        int stride = MlstmTiles.Stride(rows), padded = MlstmTiles.Padded(rows), width = scan.Width;
        float* lefts = scratch.Floats((long)length * stride), rights = scratch.Floats((long)length * width);
        MlstmTiles.Rows(lefts, scan, chunk, left, first, rows);
        MlstmTiles.Rows(rights, scan, chunk, right, 0, scan.HeadSize, weights);
        var at = (long)first * width;
        var norm = scan.Norm(target) + first;
        if (source is null)
        {
            new Span<float>(norm, padded).Clear();
        }
        else
        {
            MlstmTiles.Scale(target + at, source + at, decay, rows * width);
            MlstmTiles.Scale(norm, scan.Norm(source) + first, decay, padded);
        }

        TileProduct.Multiply(target + at, width, lefts, 1, stride, rights, width, rows, MlstmTiles.Padded(scan.HeadSize), length, add: source is not null);
        MlstmTiles.AddRows(norm, lefts, stride, length, padded, norms);
    }
}
