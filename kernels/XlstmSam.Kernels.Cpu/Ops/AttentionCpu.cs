using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Softmax attention in tiles of 64 keys by 64 queries. A ticket of forward owns a tile of queries; one of backward owns a head, so that the
/// scores are computed once for all three gradients and nothing is added by two threads.
/// </summary>
internal sealed unsafe class AttentionCpu(WorkerPool pool) : IAttention
{
    private const int MostQueries = AttentionTile.Queries;
    private const int MostKeys = AttentionTile.Keys;

    public long ScratchBytes(in AttentionGeometry geometry) => 0;

    public void Forward(in AttentionGeometry geometry, View q, View k, View v, View y, View logSumExp)
    {
        var shape = geometry;
        Debug.Assert(q.Length == QueryElements(shape) && y.Length == q.Length && k.Length == v.Length
            && logSumExp.Length == (long)shape.B * shape.Heads * shape.Sq, "Shapes agree.");
        var tiles = (shape.Sq + MostQueries - 1) / MostQueries;
        var job = new ForwardJob(shape, tiles, CpuBuffer.Floats(q), CpuBuffer.Floats(k), CpuBuffer.Floats(v), CpuBuffer.Floats(y), CpuBuffer.Floats(logSumExp));
        pool.Run(shape.B * shape.Heads * tiles, ForwardBytes(shape), job);
    }

    public void Backward(in AttentionGeometry geometry, View dy, View q, View k, View v, View y, View logSumExp, View dq, View dk, View dv)
    {
        var shape = geometry;
        var operands = new Operands
        {
            Q = CpuBuffer.Floats(q),
            K = CpuBuffer.Floats(k),
            V = CpuBuffer.Floats(v),
            Y = CpuBuffer.Floats(y),
            LogSumExp = CpuBuffer.Floats(logSumExp),
            Dy = CpuBuffer.Floats(dy),
        };
        var heads = shape.B * shape.Heads;
        var job = new BackwardJob(shape, heads, operands, CpuBuffer.Floats(dq), CpuBuffer.Floats(dk), CpuBuffer.Floats(dv));
        pool.Run(heads, BackwardBytes(shape), job);
    }

    /// <summary>Tickets that run at the same time take heads that lie apart: neighbours share cache lines of dq, dk and dv.</summary>
    private static int Apart(int task, int heads) => task % 2 == 0 ? task / 2 : ((heads + 1) / 2) + (task / 2);

    private static void ForwardTile(in Head head, int first, float* q, float* k, float* v, float* y, float* logSumExp, ScratchSlices scratch)
    {
        int d = head.Size, width = head.Width, rows = Math.Min(MostQueries, head.Sq - first), lanes = TilePacking.Padded(rows);
        float* queries = scratch.Floats(d * lanes), room = scratch.Floats(MostKeys * width), sums = scratch.Floats(rows * width);
        float* scores = scratch.Floats(MostKeys * lanes), max = scratch.Floats(lanes), sum = scratch.Floats(lanes), keep = scratch.Floats(lanes);
        TilePacking.Transpose(queries, lanes, q + head.Query(first), head.Step, rows, d);
        new Span<float>(max, lanes).Fill(float.NegativeInfinity);
        new Span<float>(sum, lanes).Clear();
        for (var key = 0; key < head.Sk; key += MostKeys)
        {
            var (keys, step) = (Math.Min(MostKeys, head.Sk - key), head.Step);
            var values = TilePacking.Right(v + head.Key(key), ref step, keys, d, room);
            TileProduct.Multiply(scores, lanes, k + head.Key(key), head.Step, 1, queries, lanes, keys, lanes, d);
            AttentionTile.Softmax(scores, keys, lanes, head.Scale, max, sum, keep);
            if (key > 0)
            {
                TilePacking.ScaleRows(sums, width, rows, keep);
            }

            TileProduct.Multiply(sums, width, scores, 1, lanes, values, step, rows, width, keys, add: key > 0);
        }

        Finish(head, first, rows, sums, max, sum, y, logSumExp);
    }

    /// <summary>y = sums / sum, and the logarithm of the sum of exponentials.</summary>
    private static void Finish(in Head head, int first, int rows, float* sums, float* max, float* sum, float* y, float* logSumExp)
    {
        for (var r = 0; r < rows; r += 8)
        {
            var total = Vector256.Load(sum + r);
            (Vector256.Load(max + r) + VectorLane.Log(new(total)).Value).Store(max + r);
            (Vector256<float>.One / total).Store(sum + r);
        }

        FloatVectorOps.Copy(max, logSumExp + head.Row(first), rows);
        TilePacking.ScaleRows(sums, head.Width, rows, sum);
        for (var r = 0; r < rows; r++)
        {
            FloatVectorOps.Copy(sums + ((long)r * head.Width), y + head.Query(first + r), head.Size);
        }
    }

    private static void Gradients(in Head head, in Operands of, float* dq, float* dk, float* dv, ScratchSlices scratch)
    {
        int d = head.Size, width = head.Width;
        float* dkeys = scratch.Floats((long)head.Sk * width), dvalues = scratch.Floats((long)head.Sk * width), dqueries = scratch.Floats(MostQueries * width);
        float* scores = scratch.Floats(MostKeys * MostQueries), dscores = scratch.Floats(MostKeys * MostQueries);
        var room = scratch.Floats(MostKeys * width);
        var tile = new QueryTile(head, ref scratch);
        for (var first = 0; first < head.Sq; first += MostQueries)
        {
            tile.Load(head, of, first);
            int rows = tile.Rows, lanes = tile.Lanes;
            for (var key = 0; key < head.Sk; key += MostKeys)
            {
                var (keys, step) = (Math.Min(MostKeys, head.Sk - key), head.Step);
                var right = TilePacking.Right(of.K + head.Key(key), ref step, keys, d, room);
                TileProduct.Multiply(scores, lanes, of.K + head.Key(key), head.Step, 1, tile.QueriesByColumn, lanes, keys, lanes, d);
                TileProduct.Multiply(dscores, lanes, of.V + head.Key(key), head.Step, 1, tile.DysByColumn, lanes, keys, lanes, d);
                AttentionTile.Differentiate(scores, dscores, keys, lanes, head.Scale, tile.LogSumExp, tile.Delta);
                TileProduct.Multiply(dqueries, width, dscores, 1, lanes, right, step, rows, width, keys, add: key > 0);
                TileProduct.Multiply(dkeys + ((long)key * width), width, dscores, lanes, 1, tile.Queries, tile.Step, keys, width, rows, add: first > 0);
                TileProduct.Multiply(dvalues + ((long)key * width), width, scores, lanes, 1, tile.Dys, tile.Step, keys, width, rows, add: first > 0);
            }

            Add(dq, head.Query(first), head, dqueries, rows, head.Scale);
        }

        Add(dk, head.Key(0), head, dkeys, head.Sk, head.Scale);
        Add(dv, head.Key(0), head, dvalues, head.Sk, 1);
    }

    private static void Add(float* target, long start, in Head head, float* tile, int rows, float scale)
    {
        if (target is not null)
        {
            TilePacking.Add(target + start, head.Step, tile, head.Width, rows, head.Size, scale);
        }
    }

    private static long QueryElements(in AttentionGeometry geometry) => (long)geometry.B * geometry.Sq * geometry.Heads * geometry.HeadSize;

    /// <summary>Three tiles of operands, one of scores, three rows of statistics, and what aligning eight pieces takes.</summary>
    private static long ForwardBytes(in AttentionGeometry geometry) =>
        (sizeof(float) * ((3L * MostQueries * TilePacking.Padded(geometry.HeadSize)) + (MostQueries * MostKeys) + (3L * MostQueries))) + (8 * 64);

    /// <summary>dk and dv of a head, six tiles of operands, two of scores, two rows of statistics, and what aligning twelve pieces takes.</summary>
    private static long BackwardBytes(in AttentionGeometry geometry) =>
        (sizeof(float) * (((2L * geometry.Sk) + (6L * MostQueries)) * TilePacking.Padded(geometry.HeadSize) + (2L * MostQueries * MostKeys)
            + (2L * MostQueries))) + (12 * 64);

    private readonly struct ForwardJob(AttentionGeometry geometry, int tiles, float* q, float* k, float* v, float* y, float* logSumExp) : IScratchJob
    {
        public void Run(int ticket, ScratchSlices scratch) =>
            ForwardTile(new(geometry, ticket / tiles), ticket % tiles * MostQueries, q, k, v, y, logSumExp, scratch);
    }

    private readonly struct BackwardJob(AttentionGeometry geometry, int heads, Operands operands, float* dq, float* dk, float* dv) : IScratchJob
    {
        public void Run(int ticket, ScratchSlices scratch) => Gradients(new(geometry, Apart(ticket, heads)), operands, dq, dk, dv, scratch);
    }

    private struct Operands
    {
        public float* Q, K, V, Y, LogSumExp, Dy;
    }

    /// <summary>What backward needs of up to 64 queries: q and dy both ways, log-sum-exp and delta = dy·y, padded with zeros.</summary>
    private struct QueryTile(in Head head, ref ScratchSlices scratch)
    {
        private readonly float* queryRoom = scratch.Floats(MostQueries * head.Width);
        private readonly float* dyRoom = scratch.Floats(MostQueries * head.Width);

        public readonly float* QueriesByColumn = scratch.Floats(MostQueries * head.Size);
        public readonly float* DysByColumn = scratch.Floats(MostQueries * head.Size);
        public readonly float* LogSumExp = scratch.Floats(MostQueries);
        public readonly float* Delta = scratch.Floats(MostQueries);
        public float* Queries, Dys;
        public long Step;
        public int Rows, Lanes;

        public void Load(in Head head, in Operands of, int first)
        {
            Rows = Math.Min(MostQueries, head.Sq - first);
            Lanes = TilePacking.Padded(Rows);
            float* q = of.Q + head.Query(first), dy = of.Dy + head.Query(first);
            TilePacking.Transpose(QueriesByColumn, Lanes, q, head.Step, Rows, head.Size);
            TilePacking.Transpose(DysByColumn, Lanes, dy, head.Step, Rows, head.Size);
            (Step, var same) = (head.Step, head.Step);
            Queries = TilePacking.Right(q, ref Step, Rows, head.Size, queryRoom);
            Dys = TilePacking.Right(dy, ref same, Rows, head.Size, dyRoom);
            TilePacking.Rows(LogSumExp, Lanes, of.LogSumExp + head.Row(first), 0, 1, Rows);
            new Span<float>(Delta, Lanes).Clear();
            for (var r = 0; r < Rows; r++)
            {
                Delta[r] = TilePacking.Dot(dy + (r * head.Step), of.Y + head.Query(first + r), head.Size);
            }
        }
    }

    /// <summary>One batch item and head.</summary>
    private readonly struct Head(AttentionGeometry geometry, int index)
    {
        private readonly int item = index / geometry.Heads;
        private readonly int head = index % geometry.Heads;

        public int Sq => geometry.Sq;

        public int Sk => geometry.Sk;

        public int Size => geometry.HeadSize;

        public int Width => TilePacking.Padded(geometry.HeadSize);

        public float Scale => 1 / MathF.Sqrt(geometry.HeadSize);

        public long Step => (long)geometry.Heads * geometry.HeadSize;

        /// <summary>First element of a query in q and y.</summary>
        public long Query(int row) => (((long)item * geometry.Sq) + row) * Step + ((long)head * geometry.HeadSize);

        /// <summary>First element of a key in k and v.</summary>
        public long Key(int row) => (((long)item * geometry.Sk) + row) * Step + ((long)head * geometry.HeadSize);

        /// <summary>Element of a query in the log-sum-exp.</summary>
        public long Row(int row) => ((((long)item * geometry.Heads) + head) * geometry.Sq) + row;
    }
}
