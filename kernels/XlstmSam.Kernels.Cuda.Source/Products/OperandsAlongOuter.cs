namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Left operand: rows are (tap, channel), the terms of the sum are voxels of the grid. Stored <see cref="AlongOuter{TElement}"/>.</summary>
internal struct GatheredTerms<TElement> : IOperand<GatheredTerms<TElement>>
    where TElement : struct, IOperandElement
{
    private long address;
    private GridPoint point;
    private int row;

    // Of the first of the run.
    private TapColumn column;

    // Of the point's line, with the column's tap added.
    private long line;
    private bool isLineInside;

    public static GatheredTerms<TElement> Open(
        in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int begin, int outer, int thread)
    {
        var (position, term) = AlongOuter<TElement>.RunOf(thread, outer);
        var row = first + position;
        var terms = new GatheredTerms<TElement>
        {
            address = address,
            point = grid.Point(begin + term),
            row = row,
            column = TapColumn.At(product, gather, row),
        };
        terms.OpenLine(gather);
        return terms;
    }

    public void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread)
    {
        var (position, term) = AlongOuter<TElement>.RunOf(thread, outer);
        var terms = AlongOuter<TElement>.TermsOfPass(outer);
        var target = tile + AlongOuter<TElement>.Offset(position, term, outer);
        for (var i = 0; i < outer / 32; i++)
        {
            CopyPoint(product, gather, target + ((uint)(i * terms) * AlongOuter<TElement>.TermBytes(outer)), k + term + (i * terms) < end);
            Advance(gather, grid, terms);
        }
    }

    private readonly void CopyPoint(in ProductShape product, in GatherShape gather, uint target, bool isPresent)
    {
        var w = (point.W * gather.StepW) + gather.FirstW;
        if (product.WideLeft != 0 || row >= product.M)
        {
            // Beyond the last row nothing is inside.
            w += column.W;
            AsyncCopies.RunCached(target, line + (TElement.Bytes * w * gather.Pitch), isPresent && isLineInside && (uint)w < (uint)gather.SizeW);
            return;
        }

        var (d, h) = ((point.D * gather.StepD) + gather.FirstD, (point.H * gather.StepH) + gather.FirstH);
        TElement.CopyEach<Columns>(
            target, new()
            {
                Product = product,
                Gather = gather,
                Start = address,
                Row = row,
                N = point.N,
                D = d,
                H = h,
                W = isPresent ? w : TapColumn.Absent,
                Bytes = TElement.Bytes,
            });
    }

    private void Advance(in GatherShape gather, in RowGrid grid, int points)
    {
        point.W += points;
        if (point.W < grid.W.Divisor)
        {
            return;
        }

        while (point.W >= grid.W.Divisor)
        {
            point.W -= grid.W.Divisor;
            point.H++;
            if (point.H == grid.H.Divisor)
            {
                point.H = 0;
                point.D++;
            }

            if (point.D == grid.D.Divisor)
            {
                point.D = 0;
                point.N++;
            }
        }

        OpenLine(gather);
    }

    private void OpenLine(in GatherShape gather)
    {
        var (d, h) = ((point.D * gather.StepD) + gather.FirstD, (point.H * gather.StepH) + gather.FirstH);
        line = column.Line(gather, address, point.N, d, h, TElement.Bytes);
        isLineInside = column.IsLineInside(gather, d, h);
    }
}

/// <summary>The columns of one point, each with a tap and channel of its own.</summary>
internal struct Columns : IPlaces
{
    public ProductShape Product;
    public GatherShape Gather;
    public long Start;
    public int Row;
    public int N;
    public int D;
    public int H;
    public int W;
    public uint Bytes;

    public readonly long Address(int i)
    {
        var column = TapColumn.At(Product, Gather, Row + i);
        var isInside = column.IsLineInside(Gather, D, H) && (uint)(W + column.W) < (uint)Gather.SizeW;
        return isInside ? column.Line(Gather, Start, N, D, H, Bytes) + (Bytes * (W + column.W) * Gather.Pitch) : 0;
    }
}

/// <summary>A tap and channel: what they add to a voxel's coordinates.</summary>
internal struct TapColumn
{
    /// <summary>A coordinate that is outside, whatever is added.</summary>
    public const int Absent = int.MinValue / 2;

    public int W;
    private int d;
    private int h;
    private int channel;

    public static TapColumn At(in ProductShape product, in GatherShape gather, int row)
    {
        var (tap, d, h, w) = Tap.Split(gather, row);
        return new()
        {
            W = w * gather.TapStep,
            d = row < product.M ? d * gather.TapStep : Absent,
            h = h * gather.TapStep,
            channel = row - (tap * gather.Channels.Divisor),
        };
    }

    /// <summary>Address of the channel in the first voxel of a line.</summary>
    /// <param name="bytes">Of an element.</param>
    public readonly long Line(in GatherShape gather, long address, int n, int atD, int atH, uint bytes) =>
        address + (bytes * ((((((long)n * gather.SizeD) + atD + d) * gather.SizeH) + atH + h) * gather.SizeW * gather.Pitch)) + (bytes * (long)channel);

    public readonly bool IsLineInside(in GatherShape gather, int atD, int atH) =>
        (uint)(atD + d) < (uint)gather.SizeD && (uint)(atH + h) < (uint)gather.SizeH;
}

/// <summary>Right operand: stored (K, N). Stored <see cref="AlongOuter{TElement}"/>.</summary>
internal struct StoredRows<TElement> : IOperand<StoredRows<TElement>>
    where TElement : struct, IOperandElement
{
    private long next;
    private int column;

    public static StoredRows<TElement> Open(
        in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int begin, int outer, int thread)
    {
        var (position, term) = AlongOuter<TElement>.RunOf(thread, outer);
        return new() { next = address + (TElement.Bytes * (((begin + term) * product.RightPitch) + first + position)), column = first + position };
    }

    public void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread)
    {
        var (position, term) = AlongOuter<TElement>.RunOf(thread, outer);
        var terms = AlongOuter<TElement>.TermsOfPass(outer);
        var target = tile + AlongOuter<TElement>.Offset(position, term, outer);
        var pass = TElement.Bytes * terms * product.RightPitch;
        if (product.WideRight != 0)
        {
            var isInside = column < product.N;
            for (var i = 0; i < outer / 32; i++)
            {
                AsyncCopies.Run(
                    target + ((uint)(i * terms) * AlongOuter<TElement>.TermBytes(outer)), next + (i * pass), isInside && k + term + (i * terms) < end);
            }
        }
        else
        {
            for (var i = 0; i < outer / 32 * TElement.Run; i++)
            {
                var (j, row) = (i & (TElement.Run - 1), i / TElement.Run);
                TElement.CopyOne(
                    target + ((uint)(row * terms) * AlongOuter<TElement>.TermBytes(outer)) + ((uint)j * TElement.Bytes),
                    next + (row * pass) + (j * TElement.Bytes),
                    column + j < product.N && k + term + (row * terms) < end);
            }
        }

        next += outer / 32 * pass;
    }
}
