using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>What one chunk contributes to the gradient of its incoming state, and all gradients of the chunk once that of its outgoing state is known.</summary>
internal static unsafe class MlstmBackwardChunk
{
    public static long ScratchBytes(in MlstmSequence scan)
    {
        long padded = TilePacking.Padded(scan.Chunk), size = TilePacking.Padded(scan.HeadSize);
        return MlstmGates.ScratchBytes(scan.Chunk)
            + (5 * ScratchCursor.Size(sizeof(float) * scan.Chunk * size))
            + (3 * ScratchCursor.Size(sizeof(float) * scan.Chunk * scan.Width))
            + (2 * ScratchCursor.Size(sizeof(float) * (scan.HeadSize + 1) * padded))
            + (2 * ScratchCursor.Size(sizeof(float) * scan.Chunk * padded))
            + ScratchCursor.Size(sizeof(float) * scan.Width * size)
            + (4 * ScratchCursor.Size(sizeof(float) * padded));
    }

    /// <summary>Σ_t α_t q_t [dN_t dβ_t]ᵀ over the chunk.</summary>
    public static void Increment(in MlstmSequence scan, int chunk, in MlstmGradients gradients, float* dstate, ScratchCursor scratch)
    {
        var gates = MlstmGates.Load(scan, chunk, gradients.I, ref scratch);
        int length = scan.Length(chunk), size = TilePacking.Padded(scan.HeadSize), width = scan.Width;
        float* queries = scratch.Floats((long)length * size), dsums = scratch.Floats((long)length * width);
        Unnormalize(scan, chunk, gradients, gates, dsums, null);
        MlstmTiles.Rows(queries, scan, chunk, gradients.Q);
        TilePacking.ScaleRows(queries, size, length, gates.Alpha);
        TileProduct.Multiply(dstate, width, queries, 1, size, dsums, width, scan.HeadSize, width, length);
    }

    /// <param name="dstate">Gradient of the outgoing state; null for the last chunk.</param>
    public static void Gradients(in MlstmSequence scan, int chunk, in MlstmGradients gradients, float* dstate, ScratchCursor scratch)
    {
        var gates = MlstmGates.Load(scan, chunk, gradients.I, ref scratch);
        int d = scan.HeadSize, length = scan.Length(chunk), padded = TilePacking.Padded(length), size = TilePacking.Padded(d), width = scan.Width;
        float* queries = scratch.Floats((long)length * size), keys = scratch.Floats((long)length * size);
        float* values = scratch.Floats((long)length * width), dsums = scratch.Floats((long)length * width), dvalues = scratch.Floats((long)length * width);
        float* dqueries = scratch.Floats((long)length * size), dkeys = scratch.Floats((long)length * size), decayed = scratch.Floats((long)length * size);
        float* keysByColumn = scratch.Floats((d + 1L) * padded), valuesByColumn = scratch.Floats((d + 1L) * padded);
        float* scores = scratch.Floats((long)length * padded), dscores = scratch.Floats((long)length * padded);
        var stateByColumn = scratch.Floats((long)width * size);
        var sums = new GateSums(padded, ref scratch);

        MlstmTiles.Rows(queries, scan, chunk, gradients.Q);
        MlstmTiles.Rows(keys, scan, chunk, gradients.K, 1 / MathF.Sqrt(d));
        MlstmTiles.Values(values, scan, chunk, gradients.V);
        Unnormalize(scan, chunk, gradients, gates, dsums, gradients.Peaks(scan));
        TilePacking.Transpose(keysByColumn, padded, keys, size, length, d);
        TilePacking.Transpose(valuesByColumn, padded, values, width, length, d + 1);
        MlstmTiles.Scores(scores, queries, size, keysByColumn, length, d);
        MlstmTiles.Scores(dscores, dsums, width, valuesByColumn, length, d + 1);
        Weigh(scores, dscores, gates, length, sums);

        // dq = dS k + α (C dN + dβ n)
        new Span<float>(dqueries, length * size).Clear();
        if (chunk > 0)
        {
            TilePacking.Transpose(stateByColumn, size, scan.State(chunk), width, d, d + 1);
            TileProduct.Multiply(dqueries, size, dsums, width, 1, stateByColumn, size, length, size, d + 1);
            TilePacking.ScaleRows(dqueries, size, length, gates.Alpha);
            RowProducts(sums.FromState, queries, dqueries, size, length);
        }

        MlstmTiles.AddLower(dqueries, dscores, keys, size, length);
        MlstmTiles.Add(gradients.Dq, scan, chunk, dqueries, size, 1);

        // dk = dSᵀ q + y (dC v + dn),  dv = (W S)ᵀ dN + y dCᵀ k
        new Span<float>(dkeys, length * size).Clear();
        new Span<float>(dvalues, length * width).Clear();
        if (dstate is not null)
        {
            TilePacking.Transpose(stateByColumn, size, dstate, width, d, d + 1);
            TileProduct.Multiply(dkeys, size, values, width, 1, stateByColumn, size, length, size, d + 1);
            TilePacking.ScaleRows(dkeys, size, length, gates.Entry);
            RowProducts(sums.IntoState, keys, dkeys, size, length);
            TileProduct.Multiply(dvalues, width, keys, size, 1, dstate, width, length, width, d);
            TilePacking.ScaleRows(dvalues, width, length, gates.Entry);
        }

        MlstmTiles.AddLowerTransposed(dkeys, dscores, queries, size, length);
        MlstmTiles.AddLowerTransposed(dvalues, scores, dsums, width, length);
        MlstmTiles.Add(gradients.Dk, scan, chunk, dkeys, size, 1 / MathF.Sqrt(d));
        MlstmTiles.Add(gradients.Dv, scan, chunk, dvalues, width, 1);
        GateGradients(scan, chunk, gradients, gates, dstate, sums);
    }

    /// <summary>
    /// dsums = [dN dβ]:  dN = G / P,  dβ = -sign(β) r / P where |β| exceeds the floor, r = G·h. Also what reaches the row maximum,
    /// -(ε / P) r, if wanted.
    /// </summary>
    private static void Unnormalize(in MlstmSequence scan, int chunk, in MlstmGradients gradients, in MlstmGates gates, float* dsums, float* dpeaks)
    {
        var start = scan.Start(chunk);
        TilePacking.Rows(dsums, scan.Width, gradients.Dh + scan.Row(start), scan.Step.Row, scan.Length(chunk), scan.HeadSize, gradients.Share);
        for (var t = 0; t < scan.Length(chunk); t++, dsums += scan.Width)
        {
            var beta = scan.Beta[start + t];
            var inverse = 1 / gates.Normalizer(t, beta, gradients.Epsilon);
            var r = TilePacking.Dot(dsums, gradients.Output(scan) + scan.Row(start + t), scan.HeadSize);
            for (var c = 0; c < scan.HeadSize; c++)
            {
                dsums[c] *= inverse;
            }

            dsums[scan.HeadSize] = MathF.Abs(beta) > gates.Floor[t] ? -MathF.Sign(beta) * r * inverse : 0;
            if (dpeaks is not null)
            {
                dpeaks[start + t] = -gradients.Epsilon * inverse * r;
                gradients.Sources(scan)[start + t] = gates.Source[t];
            }
        }
    }

    /// <summary>scores S becomes W S, dscores X becomes W X; the sums are those of E = W S X, the gradient of the log weights.</summary>
    private static void Weigh(float* scores, float* dscores, in MlstmGates gates, int length, in GateSums sums)
    {
        var padded = TilePacking.Padded(length);
        float* rows = sums.Rows, columns = sums.Columns;
        for (var t = 0; t < length; t++, scores += padded, dscores += padded)
        {
            var sum = Vector256<float>.Zero;
            var j = 0;
            for (; j <= t; j += 8)
            {
                var weight = gates.Weights(t, j);
                Vector256<float> score = weight * Vector256.Load(scores + j), x = Vector256.Load(dscores + j);
                var e = score * x;
                score.Store(scores + j);
                (weight * x).Store(dscores + j);
                sum += e;
                (Vector256.Load(columns + j) + e).Store(columns + j);
            }

            rows[t] = Vector256.Sum(sum);
            var rest = MlstmTiles.Columns(t, length) - j;
            new Span<float>(scores + j, rest).Clear();
            new Span<float>(dscores + j, rest).Clear();
        }
    }

    /// <summary>di and the chunk's part of dℓ, the gradient of logsigmoid(f): dc_t summed from the end of the chunk.</summary>
    private static void GateGradients(
        in MlstmSequence scan, int chunk, in MlstmGradients gradients, in MlstmGates gates, float* dstate, in GateSums sums)
    {
        int start = scan.Start(chunk), length = scan.Length(chunk);
        float* di = gradients.DiOf(scan), dforget = gradients.Dforget(scan);
        var tail = dstate is null || chunk == 0 ? 0 : gates.Decay * StateProduct(scan.State(chunk), dstate, scan);
        for (var t = 0; t < length; t++)
        {
            di[start + t] = sums.Columns[t] + sums.IntoState[t];
            tail += sums.IntoState[t];
        }

        for (var t = length - 1; t >= 0; t--)
        {
            tail += (double)sums.FromState[t] + sums.Rows[t] - sums.Columns[t] - sums.IntoState[t];
            dforget[start + t] = (float)tail;
        }
    }

    private static double StateProduct(float* state, float* dstate, in MlstmSequence scan)
    {
        var sum = 0.0;
        for (var row = 0; row < scan.HeadSize; row++)
        {
            sum += TilePacking.Dot(state + ((long)row * scan.Width), dstate + ((long)row * scan.Width), scan.Width);
        }

        return sum;
    }

    private static void RowProducts(float* products, float* a, float* b, int width, int rows)
    {
        for (var r = 0; r < rows; r++)
        {
            products[r] = TilePacking.Dot(a + ((long)r * width), b + ((long)r * width), width);
        }
    }

    /// <summary>Per token: sums of E over its row and its column, and what passes through the incoming and the outgoing state.</summary>
    private readonly struct GateSums
    {
        public readonly float* Rows, Columns, FromState, IntoState;

        public GateSums(int length, ref ScratchCursor scratch)
        {
            Rows = scratch.Floats(length);
            Columns = scratch.Floats(length);
            FromState = scratch.Floats(length);
            IntoState = scratch.Floats(length);
            new Span<float>(Columns, length).Clear();
            new Span<float>(FromState, length).Clear();
            new Span<float>(IntoState, length).Clear();
        }
    }
}
