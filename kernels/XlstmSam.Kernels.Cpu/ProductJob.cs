namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// One batch of products y = activation(op(a) op(b) + bias) or y += op(a) op(b). A ticket is a block of rows and columns of one matrix:
/// it packs its part of b, a slice of K at a time, and runs the register tile over it. The cut into tickets does not touch the order of
/// any sum, so it may follow the number of threads.
/// </summary>
internal sealed unsafe class ProductJob
{
    private const int Depth = 384; // a panel of B is 24 KiB: it stays in the first-level cache while the rows of A pass
    private const int MostRows = 288;
    private const int MostColumns = 256;
    private const long FewestProducts = 32 << 10; // per ticket: about 2 microseconds of work

    private readonly WorkerPool pool;
    private readonly MatMulGeometry g;
    private readonly float* a;
    private readonly float* b;
    private readonly float* y;
    private readonly float* bias;
    private readonly Activation activation;
    private readonly bool accumulate;
    private readonly int cutDepth;
    private readonly int rows;
    private readonly int columns;
    private readonly int rowBlocks;
    private readonly int columnBlocks;

    /// <param name="cutDepth">If not 0, matrix i of the batch is the part of K from i * cutDepth.</param>
    public ProductJob(
        WorkerPool pool, in MatMulGeometry geometry, float* a, float* b, float* y, float* bias, Activation activation, bool accumulate, int cutDepth = 0)
    {
        (this.pool, g, this.activation, this.accumulate, this.cutDepth) = (pool, geometry, activation, accumulate, cutDepth);
        this.a = a;
        this.b = b;
        this.y = y;
        this.bias = bias;
        (rows, columns) = (Math.Min(g.M, MostRows), Math.Min(Panels.Count(g.N) * Panels.Width, MostColumns));
        while (Tickets < 4 * pool.Threads && (long)rows * columns * g.K >= 2 * FewestProducts && (rows > 48 || columns > 32))
        {
            if (rows >= columns / 2 && rows > 48)
            {
                rows = Half(rows, Microkernel.Rows);
            }
            else if (columns > 32)
            {
                columns = Half(columns, Panels.Width);
            }
            else
            {
                rows = Half(rows, Microkernel.Rows);
            }
        }

        (rowBlocks, columnBlocks) = (Blocks(g.M, rows), Blocks(g.N, columns));
    }

    private long Tickets => (long)g.Batch * Blocks(g.M, rows) * Blocks(g.N, columns);

    public void Run() => pool.Run(checked((int)Tickets), Ticket);

    private static int Blocks(int size, int block) => (size + block - 1) / block;

    private static int Half(int size, int unit) => Blocks(size, 2 * unit) * unit;

    private void Ticket(int ticket)
    {
        var matrix = ticket / (rowBlocks * columnBlocks);
        var (m0, n0) = (ticket / columnBlocks % rowBlocks * rows, ticket % columnBlocks * columns);
        var (m1, n1) = (Math.Min(g.M, m0 + rows), Math.Min(g.N, n0 + columns));
        var (stepM, stepKa) = g.TransposeA ? ((nint)1, (nint)g.LdA) : ((nint)g.LdA, 1);
        var (stepKb, stepN) = g.TransposeB ? ((nint)1, (nint)g.LdB) : ((nint)g.LdB, 1);
        var matrixA = a + (matrix * g.StrideA);
        var matrixB = b + (matrix * g.StrideB);
        var matrixY = y + (matrix * g.StrideY);
        var k1 = cutDepth == 0 ? g.K : Math.Min(cutDepth, g.K - (matrix * cutDepth));

        var panels = Panels.Count(n1 - n0);
        using var packed = pool.Scratch.Borrow((long)panels * Depth * Panels.Width);
        nint origin = 0;
        var operands = new TileOperands { RowStride = stepM, StepA = stepKa, Groups = &origin, GroupCount = 1, StepB = Panels.Width };
        for (var k = 0; k < Math.Max(k1, 1); k += Depth)
        {
            operands.Length = Math.Max(0, Math.Min(Depth, k1 - k));
            for (var p = 0; p < panels; p++)
            {
                var n = n0 + (p * Panels.Width);
                var width = Math.Min(Panels.Width, n1 - n);
                operands.B = packed.Start;
                Panels.Pack(matrixB + (k * stepKb) + (n * stepN), stepKb, stepN, operands.Length, width, operands.B);
                for (var m = m0; m < m1;)
                {
                    var count = Microkernel.NextRows(m1 - m);
                    operands.A = matrixA + (m * stepM) + (k * stepKa);
                    Microkernel.Run(operands, count, width, matrixY + (m * g.LdY) + n, (nint)g.LdY, accumulate || k > 0);
                    m += count;
                }
            }
        }

        Epilogue.Apply(matrixY + (m0 * g.LdY) + n0, (nint)g.LdY, m1 - m0, n1 - n0, bias is null ? null : bias + n0, activation);
    }
}
