using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>The outputs of one chunk once its incoming state is known.</summary>
internal static unsafe class MlstmForwardChunk
{
    private const int Lanes = 8;

    public static long ScratchBytes(in MlstmScanLayout scan)
    {
        long stride = MlstmTiles.Stride(scan.Chunk);
        return MlstmGates.ScratchBytes(scan.Chunk)
            + ScratchSlices.Size(sizeof(float) * scan.HeadSize * stride)
            + ScratchSlices.Size(sizeof(float) * scan.Chunk * stride)
            + (2 * ScratchSlices.Size(sizeof(float) * (long)scan.Chunk * scan.Width))
            + ScratchSlices.Size(sizeof(float) * (long)scan.Chunk);
    }

    public static void Output(
        in MlstmScanLayout scan, int chunk, float epsilon, float* q, float* k, float* v, float* i, float* h, ScratchSlices scratch, RowPrefetch* ahead)
    {
        var gates = MlstmGates.Load(scan, chunk, i, ref scratch);
        int d = scan.HeadSize, length = scan.Length(chunk), width = scan.Width, stride = MlstmTiles.Stride(length);
        float* keys = scratch.Floats((long)d * stride), scores = scratch.Floats((long)length * stride);
        float* values = scratch.Floats((long)length * width), sums = scratch.Floats((long)length * width), betas = scratch.Floats(length);
        var queries = q + scan.Row(scan.Start(chunk));
        MlstmTiles.Transposed(keys, scan, chunk, k);
        MlstmTiles.Scores(scores, queries, scan.Step.Row, keys, length, d, ahead);
        Weigh(scores, gates, length, betas);
        if (chunk > 0)
        {
            var state = scan.State(chunk);
            TileProduct.Multiply(sums, width, queries, scan.Step.Row, 1, state, width, length, MlstmTiles.Padded(d), d, add: false, ahead);
            for (var t = 0; t < length; t++)
            {
                var row = sums + ((long)t * width);
                MlstmTiles.Scale(row, row, gates.Alpha[t], d);
                betas[t] += gates.Alpha[t] * TilePacking.Dot(queries + (t * scan.Step.Row), scan.Norm(state), d);
            }
        }

        MlstmTiles.Rows(values, scan, chunk, v, 0, d);
        MlstmTiles.Lower(sums, width, scores, values, width, length, MlstmTiles.Padded(d), add: chunk > 0, ahead);
        Normalize(scan, chunk, epsilon, gates, betas, sums, h);
    }

    /// <summary>scores S becomes W S / √d, β the sums of its rows.</summary>
    private static void Weigh(float* scores, in MlstmGates gates, int length, float* betas)
    {
        var stride = MlstmTiles.Stride(length);
        for (var t = 0; t < length; t++, scores += stride)
        {
            var sum = Vector256<float>.Zero;
            var j = 0;
            for (; j <= t; j += Lanes)
            {
                var score = Vector256.Load(scores + j) * gates.Weights(t, j);
                score.Store(scores + j);
                sum += score;
            }

            betas[t] = Vector256.Sum(sum);
            new Span<float>(scores + j, MlstmTiles.Columns(t, length) - j).Clear();
        }
    }

    /// <summary>h = N / P.</summary>
    private static void Normalize(in MlstmScanLayout scan, int chunk, float epsilon, in MlstmGates gates, float* betas, float* sums, float* h)
    {
        var start = scan.Start(chunk);
        for (var t = 0; t < scan.Length(chunk); t++, sums += scan.Width)
        {
            scan.Beta[start + t] = betas[t];
            var scale = Vector256.Create(1 / gates.Normalizer(t, betas[t], epsilon));
            var output = h + scan.Row(start + t);
            var c = 0;
            for (; c + Lanes <= scan.HeadSize; c += Lanes)
            {
                (scale * Vector256.Load(sums + c)).Store(output + c);
            }

            for (; c < scan.HeadSize; c++)
            {
                output[c] = scale[0] * sums[c];
            }
        }
    }
}
