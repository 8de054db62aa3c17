namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The recurrence over states, and backward over their gradients. Blocks of rows are independent of each other.
/// </summary>
internal static unsafe class MlstmStates
{
    private const int RowsOfBlock = 64;

    public static int Blocks(int headSize) => (headSize + RowsOfBlock - 1) / RowsOfBlock;

    public static long ScratchBytes(in MlstmScanLayout scan) =>
        MlstmGates.ScratchBytes(scan.Chunk)
        + ScratchSlices.Size(sizeof(float) * (long)scan.Chunk * MlstmTiles.Stride(Math.Min(RowsOfBlock, scan.HeadSize)))
        + ScratchSlices.Size(sizeof(float) * (long)scan.Chunk * scan.Width)
        + (2 * ScratchSlices.Size(sizeof(float) * (long)scan.Chunk));

    /// <summary>C̄' = z C̄ + Σ_j y_j k̂_j [v_j 1]ᵀ of one chunk. Nothing reads the state after the last.</summary>
    public static void Forward(in MlstmScanLayout scan, int chunk, int block, float* k, float* v, float* i, ScratchSlices scratch, RowPrefetch* ahead)
    {
        if (chunk == scan.Chunks - 1)
        {
            return;
        }

        var gates = MlstmGates.Load(scan, chunk, i, ref scratch);
        var source = chunk > 0 ? scan.State(chunk) : null;
        Step(scan, chunk, block, scan.State(chunk + 1), source, gates.Decay, k, v, gates.Entry, gates.Entry, scratch, ahead);
    }

    /// <summary>dC̄ = z dC̄' + Σ_t α_t q_t [dN_t dβ_t]ᵀ of one chunk. No state enters the first.</summary>
    public static void Backward(in MlstmScanLayout scan, int chunk, int block, in MlstmGradients gradients, ScratchSlices scratch, RowPrefetch* ahead)
    {
        if (chunk == 0)
        {
            return;
        }

        var gates = MlstmGates.Load(scan, chunk, gradients.I, ref scratch);
        int start = scan.Start(chunk), length = scan.Length(chunk);
        float* weights = scratch.Floats(length), norms = scratch.Floats(length);
        for (var t = 0; t < length; t++)
        {
            weights[t] = gates.Alpha[t] * gradients.Scales(scan)[start + t];
            norms[t] = gates.Alpha[t] * gradients.Dbeta(scan)[start + t];
        }

        var source = chunk + 1 < scan.Chunks ? gradients.State(scan, chunk + 1) : null;
        Step(scan, chunk, block, gradients.State(scan, chunk), source, gates.Decay, gradients.Q, gradients.Dh, weights, norms, scratch, ahead);
    }

    /// <summary>target = decay source + Σ_t left_t [weights_t right_t, norms_t]ᵀ in the rows of a block; nothing comes from an absent source.</summary>
    private static void Step(
        in MlstmScanLayout scan, int chunk, int block, float* target, float* source, float decay, float* left, float* right, float* weights, float* norms, ScratchSlices scratch, RowPrefetch* ahead)
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

        TileProduct.Multiply(target + at, width, lefts, 1, stride, rights, width, rows, MlstmTiles.Padded(scan.HeadSize), length, add: source is not null, ahead);
        MlstmTiles.AddRows(norm, lefts, stride, length, padded, norms);
    }
}
