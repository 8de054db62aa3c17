using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>What one chunk contributes to the state, and its outputs once the incoming state is known.</summary>
internal static unsafe class MlstmForwardChunk
{
    public static long ScratchBytes(in MlstmSequence scan)
    {
        long padded = TilePacking.Padded(scan.Chunk), size = TilePacking.Padded(scan.HeadSize);
        return MlstmGates.ScratchBytes(scan.Chunk)
            + ScratchCursor.Size(sizeof(float) * scan.Chunk * size)
            + ScratchCursor.Size(sizeof(float) * scan.HeadSize * padded)
            + ScratchCursor.Size(sizeof(float) * scan.Chunk * padded)
            + (2 * ScratchCursor.Size(sizeof(float) * scan.Chunk * scan.Width));
    }

    /// <summary>Σ_j exp(U_j - M) k_j [v_j 1]ᵀ over the chunk, into the place of the state that enters the next one.</summary>
    public static void Increment(in MlstmSequence scan, int chunk, float* k, float* v, float* i, ScratchCursor scratch)
    {
        var gates = MlstmGates.Load(scan, chunk, i, ref scratch);
        int length = scan.Length(chunk), size = TilePacking.Padded(scan.HeadSize), width = scan.Width;
        float* keys = scratch.Floats((long)length * size), values = scratch.Floats((long)length * width);
        MlstmTiles.Rows(keys, scan, chunk, k, 1 / MathF.Sqrt(scan.HeadSize));
        TilePacking.ScaleRows(keys, size, length, gates.Entry);
        MlstmTiles.Values(values, scan, chunk, v);
        TileProduct.Multiply(scan.State(chunk + 1), width, keys, 1, size, values, width, scan.HeadSize, width, length);
    }

    public static void Output(in MlstmSequence scan, int chunk, float epsilon, float* q, float* k, float* v, float* i, float* h, ScratchCursor scratch)
    {
        var gates = MlstmGates.Load(scan, chunk, i, ref scratch);
        int length = scan.Length(chunk), padded = TilePacking.Padded(length), size = TilePacking.Padded(scan.HeadSize), width = scan.Width;
        float* queries = scratch.Floats((long)length * size), keys = scratch.Floats((long)scan.HeadSize * padded);
        float* values = scratch.Floats((long)length * width), sums = scratch.Floats((long)length * width), scores = scratch.Floats((long)length * padded);

        // sums serves as the packed keys until they are transposed.
        MlstmTiles.Rows(sums, scan, chunk, k, 1 / MathF.Sqrt(scan.HeadSize));
        TilePacking.Transpose(keys, padded, sums, size, length, scan.HeadSize);
        MlstmTiles.Rows(queries, scan, chunk, q);
        MlstmTiles.Values(values, scan, chunk, v);
        MlstmTiles.Scores(scores, queries, size, keys, length, scan.HeadSize);
        Weigh(scores, gates, length);
        if (chunk > 0)
        {
            TilePacking.ScaleRows(queries, size, length, gates.Alpha);
            TileProduct.Multiply(sums, width, queries, size, 1, scan.State(chunk), width, length, width, scan.HeadSize);
        }
        else
        {
            new Span<float>(sums, length * width).Clear();
        }

        MlstmTiles.AddLower(sums, scores, values, width, length);
        Normalize(scan, chunk, epsilon, gates, sums, h);
    }

    private static void Weigh(float* scores, in MlstmGates gates, int length)
    {
        var padded = TilePacking.Padded(length);
        for (var t = 0; t < length; t++)
        {
            var row = scores + ((long)t * padded);
            var columns = MlstmTiles.Columns(t, length);
            for (var j = 0; j < columns; j += 8)
            {
                (j <= t ? Vector256.Load(row + j) * gates.Weights(t, j) : default).Store(row + j);
            }
        }
    }

    private static void Normalize(in MlstmSequence scan, int chunk, float epsilon, in MlstmGates gates, float* sums, float* h)
    {
        var start = scan.Start(chunk);
        for (var t = 0; t < scan.Length(chunk); t++, sums += scan.Width)
        {
            var beta = sums[scan.HeadSize];
            scan.Beta[start + t] = beta;
            var scale = 1 / gates.Normalizer(t, beta, epsilon);
            var output = h + scan.Row(start + t);
            for (var c = 0; c < scan.HeadSize; c++)
            {
                output[c] = sums[c] * scale;
            }
        }
    }
}
