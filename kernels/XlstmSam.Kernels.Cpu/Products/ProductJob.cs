namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// One batch of products y = activation(op(a) op(b) + bias) or y += op(a) op(b). A ticket is a block of rows and columns of one matrix:
/// it packs its part of b, a slice of K at a time, and runs the register tile over it. The cut into tickets does not touch the order of
/// any sum, so it may follow the number of threads.
/// </summary>
internal readonly unsafe struct ProductJob : IWorkItems
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

    public void Run() => pool.Run(checked((int)Tickets), this);

    void IWorkItems.Run(int ticket)
    {
        var matrix = ticket / (rowBlocks * columnBlocks);
        var (m0, n0) = (ticket / columnBlocks % rowBlocks * rows, ticket % columnBlocks * columns);
        var (m1, n1) = (Math.Min(g.M, m0 + rows), Math.Min(g.N, n0 + columns));
        var (stepM, stepKa) = g.TransposeA ? ((nint)1, (nint)g.LdA) : ((nint)g.LdA, 1);
        var (stepKb, stepN) = g.TransposeB ? ((nint)1, (nint)g.LdB) : ((nint)g.LdB, 1);
        var blockA = a + (matrix * g.StrideA) + (m0 * stepM);
        var blockB = b + (matrix * g.StrideB) + (n0 * stepN);
        var blockY = y + (matrix * g.StrideY) + (m0 * g.LdY) + n0;
        nint origin = 0;
        var k1 = cutDepth == 0 ? g.K : Math.Min(cutDepth, g.K - (matrix * cutDepth));

        // One or two tiles would not pay for a copy of B that the cache holds anyway; few panels would not pay for one of a transposed A.
        var (copyB, copyA) = (stepN != 1 || m1 - m0 > 2 * Microkernel.Rows, g.TransposeA && n1 - n0 > 4 * Panels.Width);
        using var panel = pool.Scratch.Borrow(Depth * Panels.Width * Microkernel.PanelsOfTile);
        using var tiles = pool.Scratch.Borrow(copyA ? Depth * (m1 - m0) : 0);
        for (var k = 0; k < Math.Max(k1, 1); k += Depth)
        {
            var depth = Math.Max(0, Math.Min(Depth, k1 - k));
            if (copyA)
            {
                Panels.PackTiles(blockA + (k * stepKa), stepKa, depth, m1 - m0, tiles.Start);
            }

            for (var n = 0; n < n1 - n0; n += Panels.Width * Microkernel.PanelsOfTile)
            {
                var width = Math.Min(Panels.Width * Microkernel.PanelsOfTile, n1 - n0 - n);
                var operands = new TileOperands
                {
                    A = copyA ? tiles.Start : blockA + (k * stepKa),
                    RowStride = stepM,
                    StepA = stepKa,
                    IsPacked = copyA,
                    Groups = &origin,
                    GroupCount = 1,
                    Length = depth,
                    B = panel.Start,
                    StepB = Panels.Width,
                    NextPanel = Depth * Panels.Width,
                };
                if (copyB || width % Panels.Width != 0)
                {
                    for (var j = 0; j < width; j += Panels.Width)
                    {
                        var source = blockB + (k * stepKb) + ((n + j) * stepN);
                        Panels.Pack(source, stepKb, stepN, depth, Math.Min(Panels.Width, width - j), panel.Start + (j * Depth));
                    }
                }
                else
                {
                    operands.B = blockB + (k * stepKb) + n;
                    operands.StepB = stepKb;
                    operands.NextPanel = Panels.Width;
                }

                Microkernel.Run(operands, m1 - m0, width, blockY + n, (nint)g.LdY, accumulate || k > 0);
            }
        }

        Epilogue.Apply(blockY, (nint)g.LdY, m1 - m0, n1 - n0, bias is null ? null : bias + n0, activation);
    }

    private static int Blocks(int size, int block) => (size + block - 1) / block;

    private static int Half(int size, int unit) => Blocks(size, 2 * unit) * unit;
}
