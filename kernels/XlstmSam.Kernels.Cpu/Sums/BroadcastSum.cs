namespace XlstmSam.Kernels.Cpu;

/// <summary>Adds the gradient of a repeated operand: db[p] += Σ over the repeats, in fixed blocks and order.</summary>
internal sealed unsafe class BroadcastSum(WorkerPool pool)
{
    /// <summary>Up to here a ticket sums all columns of some rows; beyond, some columns of all rows, which needs no partial sums.</summary>
    public const int NarrowColumns = 4096;

    private const int MostBlocks = 64;
    private const int WideTicket = 1024;

    /// <param name="terms">Narrow: the columns are those of a <see cref="RepeatedRow"/>.</param>
    public void Add<TTerms>(TTerms terms, BinaryGeometry geometry, float* db)
        where TTerms : struct, ISumTerms
    {
        if (geometry.Period <= NarrowColumns)
        {
            AddNarrow(terms, geometry, db);
        }
        else
        {
            AddWide(terms, geometry, db);
        }
    }

    private void AddNarrow<TTerms>(TTerms terms, BinaryGeometry geometry, float* db)
        where TTerms : struct, ISumTerms
    {
        var tile = new RepeatedRow((int)geometry.Period);
        var blocks = Partition.Of(geometry.Length, tile.Width, MostBlocks);
        using var partial = pool.Scratch.BorrowZeros((long)blocks.Blocks * tile.Width);
        var sums = partial.Doubles;
        pool.Run(blocks.Blocks, new NarrowJob<TTerms>(terms, blocks, tile, sums));
        BlockSums.AddTo(db, sums, tile.Columns, blocks.Blocks, tile.Width);
    }

    private void AddWide<TTerms>(TTerms terms, BinaryGeometry geometry, float* db)
        where TTerms : struct, ISumTerms
    {
        var tickets = new Partition(geometry.Period, WideTicket);
        pool.Run(tickets.Blocks, new WideJob<TTerms>(terms, geometry, tickets, db));
    }

    private readonly struct NarrowJob<TTerms>(TTerms terms, Partition blocks, RepeatedRow tile, double* sums) : IWorkItems
        where TTerms : struct, ISumTerms
    {
        public void Run(int ticket)
        {
            var own = sums + ((long)ticket * tile.Width);
            ColumnSums.Add(terms, blocks.Start(ticket), blocks.Length(ticket), tile.Width, own, null);
            tile.Fold(own);
        }
    }

    private readonly struct WideJob<TTerms>(TTerms terms, BinaryGeometry geometry, Partition tickets, float* db) : IWorkItems
        where TTerms : struct, ISumTerms
    {
        public void Run(int ticket)
        {
            var sums = stackalloc double[WideTicket];
            new Span<double>(sums, WideTicket).Clear();
            var (from, columns) = (tickets.Start(ticket), (int)tickets.Length(ticket));
            ColumnSums.AddRows(terms, from, geometry.Outer, geometry.Period, from, columns, sums, null);
            BlockSums.AddTo(db + from, sums, columns, 1, WideTicket);
        }
    }
}
