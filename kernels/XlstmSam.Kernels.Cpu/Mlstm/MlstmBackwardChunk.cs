using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>All gradients of one chunk once that of its outgoing state is known.</summary>
internal static unsafe class MlstmBackwardChunk
{
    private const int Lanes = 8;

    public static long ScratchBytes(in MlstmScanLayout scan)
    {
        long length = scan.Chunk, stride = MlstmTiles.Stride(scan.Chunk);
        return MlstmGates.ScratchBytes(scan.Chunk)
            + (4 * ScratchSlices.Size(sizeof(float) * length * scan.Width))
            + (2 * ScratchSlices.Size(sizeof(float) * length * stride))
            + ScratchSlices.Size(sizeof(float) * scan.HeadSize * Math.Max(scan.Width, stride))
            + (5 * ScratchSlices.Size(sizeof(float) * MlstmTiles.Padded(scan.Chunk)));
    }

    /// <summary>
    /// What leads from h to the sums it is a quotient of:  dN = G / P,  dβ = -sign(β) r / P where |β| exceeds the floor, r = G·h. Also what
    /// reaches the row maximum, -(ε / P) r.
    /// </summary>
    public static void Unnormalize(in MlstmScanLayout scan, int chunk, in MlstmGradients gradients, ScratchSlices scratch)
    {
        var gates = MlstmGates.Load(scan, chunk, gradients.I, ref scratch);
        var start = scan.Start(chunk);
        for (var t = 0; t < scan.Length(chunk); t++)
        {
            var token = start + t;
            var beta = scan.Beta[token];
            var scale = gradients.Share / gates.Normalizer(t, beta, gradients.Epsilon);
            var r = scale * TilePacking.Dot(gradients.Dh + scan.Row(token), gradients.Output(scan) + scan.Row(token), scan.HeadSize);
            gradients.Scales(scan)[token] = scale;
            gradients.Dbeta(scan)[token] = MathF.Abs(beta) > gates.Floor[t] ? -MathF.Sign(beta) * r : 0;
            gradients.Peaks(scan)[token] = -gradients.Epsilon * r;
            gradients.Sources(scan)[token] = gates.Source[t];
        }
    }

    public static void Gradients(in MlstmScanLayout scan, int chunk, in MlstmGradients gradients, ScratchSlices scratch, RowPrefetch* ahead)
    {
        var gates = MlstmGates.Load(scan, chunk, gradients.I, ref scratch);
        var tiles = new Tiles(scan, chunk, ref scratch);
        int d = scan.HeadSize, length = tiles.Length;
        var start = scan.Start(chunk);
        var dstate = gradients.State(scan, chunk + 1);
        MlstmTiles.Rows(tiles.Queries, scan, chunk, gradients.Q, 0, d);
        MlstmTiles.Rows(tiles.Keys, scan, chunk, gradients.K, 0, d);
        MlstmTiles.Rows(tiles.Dsums, scan, chunk, gradients.Dh, 0, d, gradients.Scales(scan) + start);
        MlstmTiles.Transpose(tiles.Transposed, tiles.Keys, scan.Width, length, d);
        MlstmTiles.Scores(tiles.Scores, tiles.Queries, scan.Width, tiles.Transposed, length, d, ahead);
        MlstmTiles.Transposed(tiles.Transposed, scan, chunk, gradients.V);
        MlstmTiles.Scores(tiles.Dscores, tiles.Dsums, scan.Width, tiles.Transposed, length, d, ahead);
        Weigh(tiles, gates, gradients.Dbeta(scan) + start);
        QueryGradients(scan, chunk, gradients, gates, tiles, ahead);
        KeyGradients(scan, chunk, gradients, gates, tiles, dstate, ahead);
        ValueGradients(scan, chunk, gradients, gates, tiles, dstate, ahead);
        GateGradients(scan, chunk, gradients, gates, dstate, tiles.Sums);
    }

    /// <summary>dq = dS k + α (C dN + dβ n).</summary>
    private static void QueryGradients(in MlstmScanLayout scan, int chunk, in MlstmGradients gradients, in MlstmGates gates, in Tiles tiles, RowPrefetch* ahead)
    {
        int d = scan.HeadSize, width = scan.Width;
        var dq = gradients.Dq is null ? null : gradients.Dq + scan.Row(scan.Start(chunk));
        if (chunk > 0)
        {
            var state = scan.State(chunk);
            MlstmTiles.Transpose(tiles.Transposed, state, width, d, d);
            TileProduct.Multiply(tiles.Gradient, width, tiles.Dsums, width, 1, tiles.Transposed, width, tiles.Length, MlstmTiles.Padded(d), d, add: false, ahead);
            AddThroughState(dq, scan.Step.Row, tiles, gates.Alpha, gradients.Dbeta(scan) + scan.Start(chunk), scan.Norm(state), tiles.Queries, tiles.Sums.FromState, d);
        }

        if (dq is not null)
        {
            MlstmTiles.Lower(dq, scan.Step.Row, tiles.Dscores, tiles.Keys, width, tiles.Length, d, add: true, ahead);
        }
    }

    /// <summary>dk = dSᵀ q + y (dC v + dn), with y the entry weights.</summary>
    private static void KeyGradients(
        in MlstmScanLayout scan, int chunk, in MlstmGradients gradients, in MlstmGates gates, in Tiles tiles, float* dstate, RowPrefetch* ahead)
    {
        int d = scan.HeadSize, width = scan.Width;
        var dk = gradients.Dk is null ? null : gradients.Dk + scan.Row(scan.Start(chunk));
        if (dstate is not null)
        {
            MlstmTiles.Transpose(tiles.Transposed, dstate, width, d, d);
            var values = gradients.V + scan.Row(scan.Start(chunk));
            TileProduct.Multiply(tiles.Gradient, width, values, scan.Step.Row, 1, tiles.Transposed, width, tiles.Length, MlstmTiles.Padded(d), d, add: false, ahead);
            AddThroughState(dk, scan.Step.Row, tiles, gates.Entry, tiles.Ones, scan.Norm(dstate), tiles.Keys, tiles.Sums.IntoState, d);
        }

        if (dk is not null)
        {
            MlstmTiles.AddLowerTransposed(dk, scan.Step.Row, tiles.Dscores, tiles.Queries, width, tiles.Length, d, ahead);
        }
    }

    /// <summary>dv = (W S)ᵀ dN + y dCᵀ k. The keys are scaled in their place: nothing reads them afterwards.</summary>
    private static void ValueGradients(
        in MlstmScanLayout scan, int chunk, in MlstmGradients gradients, in MlstmGates gates, in Tiles tiles, float* dstate, RowPrefetch* ahead)
    {
        if (gradients.Dv is null)
        {
            return;
        }

        int d = scan.HeadSize, width = scan.Width;
        var dv = gradients.Dv + scan.Row(scan.Start(chunk));
        if (dstate is not null)
        {
            TilePacking.ScaleRows(tiles.Keys, width, tiles.Length, gates.Entry);
            TileProduct.Multiply(dv, scan.Step.Row, tiles.Keys, width, 1, dstate, width, tiles.Length, d, d, add: true, ahead);
        }

        MlstmTiles.AddLowerTransposed(dv, scan.Step.Row, tiles.Scores, tiles.Dsums, width, tiles.Length, d, ahead);
    }

    /// <summary>
    /// g_t = factors_t (row t of the gradient tile + shares_t norm) is added to target's row t if there is a target; sums_t = g_t·row t of with.
    /// </summary>
    private static void AddThroughState(
        float* target, long step, in Tiles tiles, float* factors, float* shares, float* norm, float* with, float* sums, int columns)
    {
        var stride = MlstmTiles.Stride(columns);
        var gradient = tiles.Gradient;
        for (var t = 0; t < tiles.Length; t++, gradient += stride, with += stride)
        {
            Vector256<float> factor = Vector256.Create(factors[t]), share = Vector256.Create(shares[t]), sum = default;
            for (var c = 0; c < columns; c += Lanes)
            {
                var g = factor * Vector256.MultiplyAddEstimate(share, Vector256.Load(norm + c), Vector256.Load(gradient + c));
                g.Store(gradient + c);
                sum = Vector256.MultiplyAddEstimate(g, Vector256.Load(with + c), sum);
            }

            sums[t] = Vector256.Sum(sum);
        }

        if (target is not null)
        {
            TilePacking.Add(target, step, tiles.Gradient, stride, tiles.Length, columns);
        }
    }

    /// <summary>
    /// scores S becomes W S / √d, dscores X = dN·v becomes W (X + dβ) / √d; the sums are those of E, their product with S, the gradient of
    /// the log weights.
    /// </summary>
    private static void Weigh(in Tiles tiles, in MlstmGates gates, float* dbeta)
    {
        int length = tiles.Length, stride = MlstmTiles.Stride(length);
        float* scores = tiles.Scores, dscores = tiles.Dscores, columns = tiles.Sums.Columns;
        for (var t = 0; t < length; t++, scores += stride, dscores += stride)
        {
            Vector256<float> sum = default, norm = Vector256.Create(dbeta[t]);
            var j = 0;
            for (; j <= t; j += Lanes)
            {
                var weight = gates.Weights(t, j);
                var score = weight * Vector256.Load(scores + j);
                var x = norm + Vector256.Load(dscores + j);
                var e = score * x;
                score.Store(scores + j);
                (weight * x).Store(dscores + j);
                sum += e;
                (Vector256.Load(columns + j) + e).Store(columns + j);
            }

            tiles.Sums.Rows[t] = Vector256.Sum(sum);
            var rest = MlstmTiles.Columns(t, length) - j;
            new Span<float>(scores + j, rest).Clear();
            new Span<float>(dscores + j, rest).Clear();
        }
    }

    /// <summary>di and the chunk's part of dℓ, the gradient of logsigmoid(f): dc_t summed from the end of the chunk.</summary>
    private static void GateGradients(
        in MlstmScanLayout scan, int chunk, in MlstmGradients gradients, in MlstmGates gates, float* dstate, in GateSums sums)
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

    private static double StateProduct(float* state, float* dstate, in MlstmScanLayout scan)
    {
        double sum = TilePacking.Dot(scan.Norm(state), scan.Norm(dstate), scan.HeadSize);
        for (var row = 0; row < scan.HeadSize; row++)
        {
            sum += TilePacking.Dot(state + ((long)row * scan.Width), dstate + ((long)row * scan.Width), scan.HeadSize);
        }

        return sum;
    }

    /// <summary>The tiles of a chunk. Transposed and Gradient hold one operand after the other.</summary>
    private readonly struct Tiles
    {
        public readonly float* Queries, Keys, Dsums, Gradient, Scores, Dscores, Transposed, Ones;
        public readonly GateSums Sums;
        public readonly int Length;

        public Tiles(in MlstmScanLayout scan, int chunk, ref ScratchSlices scratch)
        {
            Length = scan.Length(chunk);
            var stride = MlstmTiles.Stride(Length);
            Queries = scratch.Floats((long)Length * scan.Width);
            Keys = scratch.Floats((long)Length * scan.Width);
            Dsums = scratch.Floats((long)Length * scan.Width);
            Gradient = scratch.Floats((long)Length * scan.Width);
            Scores = scratch.Floats((long)Length * stride);
            Dscores = scratch.Floats((long)Length * stride);
            Transposed = scratch.Floats((long)scan.HeadSize * Math.Max(scan.Width, stride));
            Ones = scratch.Floats(Length);
            Sums = new(MlstmTiles.Padded(Length), ref scratch);
            new Span<float>(Ones, Length).Fill(1);
        }
    }

    /// <summary>Per token: sums of E over its row and its column, and what passes through the incoming and the outgoing state.</summary>
    private readonly struct GateSums
    {
        public readonly float* Rows, Columns, FromState, IntoState;

        public GateSums(int length, ref ScratchSlices scratch)
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
