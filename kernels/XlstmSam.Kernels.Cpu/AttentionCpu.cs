using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Softmax attention in tiles of 64 queries by 64 keys. Forward and dq own a tile of queries, dk and dv own a tile of keys; each visits the
/// other side in order, so nothing is added by two threads.
/// </summary>
internal sealed unsafe class AttentionCpu(WorkerPool pool) : IAttention
{
    private const int Rows = AttentionTile.Rows;
    private const int Columns = AttentionTile.Columns;

    public void Forward(in AttentionGeometry geometry, View q, View k, View v, View y, View logSumExp)
    {
        var shape = geometry;
        Debug.Assert(q.Length == QueryElements(shape) && y.Length == q.Length && k.Length == v.Length && logSumExp.Length == (long)shape.B * shape.Heads * shape.Sq, "Shapes agree.");
        float* queries = CpuBuffer.Floats(q), keys = CpuBuffer.Floats(k), values = CpuBuffer.Floats(v);
        float* outputs = CpuBuffer.Floats(y), logs = CpuBuffer.Floats(logSumExp);
        pool.Run(shape.B * shape.Heads * QueryTiles(shape), ScratchBytes(shape), (task, scratch) =>
            ForwardTile(new(shape, task, QueryTiles(shape)), queries, keys, values, outputs, logs, scratch));
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
        float* dqueries = CpuBuffer.Floats(dq), dkeys = CpuBuffer.Floats(dk), dvalues = CpuBuffer.Floats(dv);
        if (dqueries is not null)
        {
            pool.Run(shape.B * shape.Heads * QueryTiles(shape), ScratchBytes(shape), (task, scratch) =>
                QueryGradients(new(shape, task, QueryTiles(shape)), operands, dqueries, scratch));
        }

        if (dkeys is not null || dvalues is not null)
        {
            pool.Run(shape.B * shape.Heads * KeyTiles(shape), ScratchBytes(shape), (task, scratch) =>
                KeyGradients(new(shape, task, KeyTiles(shape)), operands, dkeys, dvalues, scratch));
        }
    }

    private static void ForwardTile(in Head head, float* q, float* k, float* v, float* y, float* logSumExp, ScratchCursor scratch)
    {
        int d = head.Size, width = head.Width, first = head.Tile * Rows, rows = Math.Min(Rows, head.Sq - first);
        float* queries = scratch.Floats(Rows * width), keys = scratch.Floats(Columns * width), keysByColumn = scratch.Floats(Columns * d);
        float* values = scratch.Floats(Columns * width), sums = scratch.Floats(Rows * width), scores = scratch.Floats(Rows * Columns);
        float* max = scratch.Floats(Rows), sum = scratch.Floats(Rows);
        TilePacking.Rows(queries, width, q + head.Query(first), head.Step, rows, d, head.Scale);
        new Span<float>(sums, Rows * width).Clear();
        new Span<float>(max, Rows).Fill(float.NegativeInfinity);
        new Span<float>(sum, Rows).Clear();
        for (var key = 0; key < head.Sk; key += Columns)
        {
            var columns = Math.Min(Columns, head.Sk - key);
            TilePacking.Rows(keys, width, k + head.Key(key), head.Step, columns, d);
            TilePacking.Rows(values, width, v + head.Key(key), head.Step, columns, d);
            TilePacking.Transpose(keysByColumn, Columns, keys, width, columns, d);
            TileProduct.Multiply(scores, Columns, queries, width, 1, keysByColumn, Columns, rows, TilePacking.Padded(columns), d);
            AttentionTile.Softmax(scores, rows, columns, max, sum, sums, width);
            TileProduct.Multiply(sums, width, scores, Columns, 1, values, width, rows, width, columns, add: true);
        }

        for (var r = 0; r < rows; r++)
        {
            var output = y + head.Query(first + r);
            var inverse = 1 / sum[r];
            for (var c = 0; c < d; c++)
            {
                output[c] = sums[(r * width) + c] * inverse;
            }

            logSumExp[head.Row(first + r)] = max[r] + MathF.Log(sum[r]);
        }
    }

    private static void QueryGradients(in Head head, in Operands of, float* dq, ScratchCursor scratch)
    {
        int d = head.Size, width = head.Width, first = head.Tile * Rows, rows = Math.Min(Rows, head.Sq - first);
        float* queries = scratch.Floats(Rows * width), dys = scratch.Floats(Rows * width), dqueries = scratch.Floats(Rows * width);
        float* keys = scratch.Floats(Columns * width), values = scratch.Floats(Columns * width), delta = scratch.Floats(Rows);
        float* keysByColumn = scratch.Floats(Columns * d), valuesByColumn = scratch.Floats(Columns * d);
        float* scores = scratch.Floats(Rows * Columns), dscores = scratch.Floats(Rows * Columns);
        PackQueries(head, of, first, rows, queries, dys, delta);
        new Span<float>(dqueries, Rows * width).Clear();
        for (var key = 0; key < head.Sk; key += Columns)
        {
            var columns = Math.Min(Columns, head.Sk - key);
            var padded = TilePacking.Padded(columns);
            TilePacking.Rows(keys, width, of.K + head.Key(key), head.Step, columns, d);
            TilePacking.Rows(values, width, of.V + head.Key(key), head.Step, columns, d);
            TilePacking.Transpose(keysByColumn, Columns, keys, width, columns, d);
            TilePacking.Transpose(valuesByColumn, Columns, values, width, columns, d);
            TileProduct.Multiply(scores, Columns, queries, width, 1, keysByColumn, Columns, rows, padded, d);
            TileProduct.Multiply(dscores, Columns, dys, width, 1, valuesByColumn, Columns, rows, padded, d);
            AttentionTile.Differentiate(scores, dscores, rows, columns, of.LogSumExp + head.Row(first), delta);
            TileProduct.Multiply(dqueries, width, dscores, Columns, 1, keys, width, rows, width, columns, add: true);
        }

        TilePacking.Add(dq + head.Query(first), head.Step, dqueries, width, rows, d, head.Scale);
    }

    private static void KeyGradients(in Head head, in Operands of, float* dk, float* dv, ScratchCursor scratch)
    {
        int d = head.Size, width = head.Width, first = head.Tile * Columns, columns = Math.Min(Columns, head.Sk - first), padded = TilePacking.Padded(columns);
        float* queries = scratch.Floats(Rows * width), dys = scratch.Floats(Rows * width), delta = scratch.Floats(Rows);
        float* dkeys = scratch.Floats(Columns * width), dvalues = scratch.Floats(Columns * width);
        float* keysByColumn = scratch.Floats(Columns * d), valuesByColumn = scratch.Floats(Columns * d);
        float* scores = scratch.Floats(Rows * Columns), dscores = scratch.Floats(Rows * Columns);

        // dkeys and dvalues serve as the packed operands until they are transposed.
        TilePacking.Rows(dkeys, width, of.K + head.Key(first), head.Step, columns, d);
        TilePacking.Rows(dvalues, width, of.V + head.Key(first), head.Step, columns, d);
        TilePacking.Transpose(keysByColumn, Columns, dkeys, width, columns, d);
        TilePacking.Transpose(valuesByColumn, Columns, dvalues, width, columns, d);
        new Span<float>(dkeys, Columns * width).Clear();
        new Span<float>(dvalues, Columns * width).Clear();
        for (var query = 0; query < head.Sq; query += Rows)
        {
            var rows = Math.Min(Rows, head.Sq - query);
            PackQueries(head, of, query, rows, queries, dys, delta);
            TileProduct.Multiply(scores, Columns, queries, width, 1, keysByColumn, Columns, rows, padded, d);
            TileProduct.Multiply(dscores, Columns, dys, width, 1, valuesByColumn, Columns, rows, padded, d);
            AttentionTile.Differentiate(scores, dscores, rows, columns, of.LogSumExp + head.Row(query), delta);
            TileProduct.Multiply(dkeys, width, dscores, 1, Columns, queries, width, columns, width, rows, add: true);
            TileProduct.Multiply(dvalues, width, scores, 1, Columns, dys, width, columns, width, rows, add: true);
        }

        // queries carry the scale already.
        if (dk is not null)
        {
            TilePacking.Add(dk + head.Key(first), head.Step, dkeys, width, columns, d);
        }

        if (dv is not null)
        {
            TilePacking.Add(dv + head.Key(first), head.Step, dvalues, width, columns, d);
        }
    }

    private static void PackQueries(in Head head, in Operands of, int first, int rows, float* queries, float* dys, float* delta)
    {
        TilePacking.Rows(queries, head.Width, of.Q + head.Query(first), head.Step, rows, head.Size, head.Scale);
        TilePacking.Rows(dys, head.Width, of.Dy + head.Query(first), head.Step, rows, head.Size);
        for (var r = 0; r < rows; r++)
        {
            delta[r] = TilePacking.Dot(dys + (r * head.Width), of.Y + head.Query(first + r), head.Size);
        }
    }

    private static int QueryTiles(in AttentionGeometry geometry) => (geometry.Sq + Rows - 1) / Rows;

    private static int KeyTiles(in AttentionGeometry geometry) => (geometry.Sk + Columns - 1) / Columns;

    private static long QueryElements(in AttentionGeometry geometry) => (long)geometry.B * geometry.Sq * geometry.Heads * geometry.HeadSize;

    /// <summary>Seven tiles of operands, two of scores, two rows of statistics: the most that any of the three kinds of task takes.</summary>
    private static long ScratchBytes(in AttentionGeometry geometry) =>
        sizeof(float) * ((7L * Rows * TilePacking.Padded(geometry.HeadSize)) + (2L * Rows * Columns) + (4L * Rows));

    private struct Operands
    {
        public float* Q, K, V, Y, LogSumExp, Dy;
    }

    /// <summary>One batch item and head, and which of its tiles a task owns.</summary>
    private readonly struct Head(AttentionGeometry geometry, int task, int tilesPerHead)
    {
        private readonly int item = task / tilesPerHead / geometry.Heads;
        private readonly int head = task / tilesPerHead % geometry.Heads;

        public int Tile { get; } = task % tilesPerHead;

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
