using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>What one chunk contributes to the gradient of its incoming state, and all gradients of the chunk once that of its outgoing state is known.</summary>
internal static unsafe class MlstmBackwardChunk
{
    public static long ScratchBytes(in MlstmSequence scan)
    {
        long length = scan.Chunk, padded = TilePacking.Padded(scan.Chunk), size = TilePacking.Padded(scan.HeadSize);
        return MlstmGates.ScratchBytes(scan.Chunk)
            + (2 * ScratchCursor.Size(sizeof(float) * length * size))
            + (3 * ScratchCursor.Size(sizeof(float) * length * scan.Width))
            + (2 * ScratchCursor.Size(sizeof(float) * length * padded))
            + ScratchCursor.Size(sizeof(float) * scan.Width * Math.Max(size, padded))
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
        var tiles = new Tiles(scan, chunk, ref scratch);
        int d = scan.HeadSize, length = tiles.Length, padded = TilePacking.Padded(length);
        MlstmTiles.Rows(tiles.Queries, scan, chunk, gradients.Q);
        MlstmTiles.Rows(tiles.Keys, scan, chunk, gradients.K, 1 / MathF.Sqrt(d));
        MlstmTiles.Values(tiles.Values, scan, chunk, gradients.V);
        Unnormalize(scan, chunk, gradients, gates, tiles.Dsums, gradients.Peaks(scan));
        TilePacking.Transpose(tiles.Transposed, padded, tiles.Keys, tiles.Size, length, d);
        MlstmTiles.Scores(tiles.Scores, tiles.Queries, tiles.Size, tiles.Transposed, length, d);
        TilePacking.Transpose(tiles.Transposed, padded, tiles.Values, scan.Width, length, d + 1);
        MlstmTiles.Scores(tiles.Dscores, tiles.Dsums, scan.Width, tiles.Transposed, length, d + 1);
        Weigh(tiles.Scores, tiles.Dscores, gates, length, tiles.Sums);
        QueryGradients(scan, chunk, gradients, gates, tiles);
        KeyGradients(scan, chunk, gradients, gates, tiles, dstate);
        GateGradients(scan, chunk, gradients, gates, dstate, tiles.Sums);
    }

    /// <summary>dq = dS k + α (C dN + dβ n).</summary>
    private static void QueryGradients(in MlstmSequence scan, int chunk, in MlstmGradients gradients, in MlstmGates gates, in Tiles tiles)
    {
        int d = scan.HeadSize, size = tiles.Size, length = tiles.Length;
        new Span<float>(tiles.Gradient, length * size).Clear();
        if (chunk > 0)
        {
            TilePacking.Transpose(tiles.Transposed, size, scan.State(chunk), scan.Width, d, d + 1);
            TileProduct.Multiply(tiles.Gradient, size, tiles.Dsums, scan.Width, 1, tiles.Transposed, size, length, size, d + 1);
            TilePacking.ScaleRows(tiles.Gradient, size, length, gates.Alpha);
            RowProducts(tiles.Sums.FromState, tiles.Queries, tiles.Gradient, size, length);
        }

        MlstmTiles.AddLower(tiles.Gradient, tiles.Dscores, tiles.Keys, size, length);
        MlstmTiles.Add(gradients.Dq, scan, chunk, tiles.Gradient, size, 1);
    }

    /// <summary>dk = dSᵀ q + y (dC v + dn),  dv = (W S)ᵀ dN + y dCᵀ k, with y the entry weights.</summary>
    private static void KeyGradients(
        in MlstmSequence scan, int chunk, in MlstmGradients gradients, in MlstmGates gates, in Tiles tiles, float* dstate)
    {
        int d = scan.HeadSize, size = tiles.Size, width = scan.Width, length = tiles.Length;
        new Span<float>(tiles.Gradient, length * width).Clear();
        if (dstate is not null)
        {
            TilePacking.Transpose(tiles.Transposed, size, dstate, width, d, d + 1);
            TileProduct.Multiply(tiles.Gradient, size, tiles.Values, width, 1, tiles.Transposed, size, length, size, d + 1);
            TilePacking.ScaleRows(tiles.Gradient, size, length, gates.Entry);
            RowProducts(tiles.Sums.IntoState, tiles.Keys, tiles.Gradient, size, length);
        }

        MlstmTiles.AddLowerTransposed(tiles.Gradient, tiles.Dscores, tiles.Queries, size, length);
        MlstmTiles.Add(gradients.Dk, scan, chunk, tiles.Gradient, size, 1 / MathF.Sqrt(d));

        new Span<float>(tiles.Gradient, length * width).Clear();
        if (dstate is not null)
        {
            TileProduct.Multiply(tiles.Gradient, width, tiles.Keys, size, 1, dstate, width, length, width, d);
            TilePacking.ScaleRows(tiles.Gradient, width, length, gates.Entry);
        }

        MlstmTiles.AddLowerTransposed(tiles.Gradient, tiles.Scores, tiles.Dsums, width, length);
        MlstmTiles.Add(gradients.Dv, scan, chunk, tiles.Gradient, width, 1);
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

    /// <summary>The tiles of a chunk. Transposed and Gradient hold one operand after the other.</summary>
    private readonly struct Tiles
    {
        public readonly float* Queries, Keys, Values, Dsums, Gradient, Scores, Dscores, Transposed;
        public readonly GateSums Sums;
        public readonly int Length, Size;

        public Tiles(in MlstmSequence scan, int chunk, ref ScratchCursor scratch)
        {
            Length = scan.Length(chunk);
            Size = TilePacking.Padded(scan.HeadSize);
            var padded = TilePacking.Padded(Length);
            Queries = scratch.Floats((long)Length * Size);
            Keys = scratch.Floats((long)Length * Size);
            Values = scratch.Floats((long)Length * scan.Width);
            Dsums = scratch.Floats((long)Length * scan.Width);
            Gradient = scratch.Floats((long)Length * scan.Width);
            Scores = scratch.Floats((long)Length * padded);
            Dscores = scratch.Floats((long)Length * padded);
            Transposed = scratch.Floats((long)scan.Width * Math.Max(Size, padded));
            Sums = new(padded, ref scratch);
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
