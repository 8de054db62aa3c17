namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Left operand: rows are (tap, channel), the terms of the sum are voxels of the grid. Stored <see cref="AlongOuter"/>.</summary>
internal struct GatheredTerms : IOperand<GatheredTerms>
{
    private long address;
    private GridPoint point;
    private TapColumn column0;
    private TapColumn column1;
    private TapColumn column2;
    private TapColumn column3;

    // Of the point's line, with column 0's tap added.
    private long line;
    private bool isLineInside;

    public static GatheredTerms Open(in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int begin, int outer, int thread)
    {
        var row = first + (4 * (thread % (outer / 4)));
        var terms = new GatheredTerms
        {
            address = address,
            point = grid.Point(begin + (thread / (outer / 4))),
            column0 = TapColumn.At(product, gather, row),
            column1 = TapColumn.At(product, gather, row + 1),
            column2 = TapColumn.At(product, gather, row + 2),
            column3 = TapColumn.At(product, gather, row + 3),
        };
        terms.OpenLine(gather);
        return terms;
    }

    public void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread)
    {
        var term = thread / (outer / 4);
        var target = tile + AlongOuter.Offset(4 * (thread % (outer / 4)), term, outer);
        for (var i = 0; i < outer / 32; i++)
        {
            CopyPoint(product, gather, target + ((uint)(i * 512 / outer) * AlongOuter.TermBytes(outer)), k + term + (i * 512 / outer) < end);
            Advance(gather, grid, 512 / outer);
        }
    }

    private readonly void CopyPoint(in ProductShape product, in GatherShape gather, uint target, bool isPresent)
    {
        var w = (point.W * gather.StepW) + gather.FirstW;
        if (product.WideLeft != 0)
        {
            w += column0.W;
            AsyncCopies.FourCached(target, line + (SharedWords.Bytes * w * gather.Pitch), isPresent && isLineInside && (uint)w < (uint)gather.SizeW);
            return;
        }

        var (d, h) = ((point.D * gather.StepD) + gather.FirstD, (point.H * gather.StepH) + gather.FirstH);
        CopyOne(gather, column0, target, d, h, w, isPresent);
        CopyOne(gather, column1, target + SharedWords.Bytes, d, h, w, isPresent);
        CopyOne(gather, column2, target + (2 * SharedWords.Bytes), d, h, w, isPresent);
        CopyOne(gather, column3, target + (3 * SharedWords.Bytes), d, h, w, isPresent);
    }

    private readonly void CopyOne(in GatherShape gather, in TapColumn column, uint target, int d, int h, int w, bool isPresent) =>
        AsyncCopies.One(
            target,
            column.Line(gather, address, point.N, d, h) + (SharedWords.Bytes * (w + column.W) * gather.Pitch),
            isPresent && column.IsLineInside(gather, d, h) && (uint)(w + column.W) < (uint)gather.SizeW);

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
        line = column0.Line(gather, address, point.N, d, h);
        isLineInside = column0.IsLineInside(gather, d, h);
    }
}

/// <summary>A tap and channel: what they add to a voxel's coordinates.</summary>
internal struct TapColumn
{
    // A coordinate that is outside, whatever is added.
    private const int Absent = int.MinValue / 2;

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
    public readonly long Line(in GatherShape gather, long address, int n, int atD, int atH) =>
        address + (SharedWords.Bytes * ((((((long)n * gather.SizeD) + atD + d) * gather.SizeH) + atH + h) * gather.SizeW * gather.Pitch))
        + (SharedWords.Bytes * (long)channel);

    public readonly bool IsLineInside(in GatherShape gather, int atD, int atH) =>
        (uint)(atD + d) < (uint)gather.SizeD && (uint)(atH + h) < (uint)gather.SizeH;
}

/// <summary>Right operand: stored (K, N). Stored <see cref="AlongOuter"/>.</summary>
internal struct StoredRows : IOperand<StoredRows>
{
    private long next;
    private int column;

    public static StoredRows Open(in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int begin, int outer, int thread)
    {
        var column = first + (4 * (thread % (outer / 4)));
        var term = begin + (thread / (outer / 4));
        return new() { next = address + (SharedWords.Bytes * ((term * product.RightPitch) + column)), column = column };
    }

    public void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread)
    {
        var term = thread / (outer / 4);
        var target = tile + AlongOuter.Offset(4 * (thread % (outer / 4)), term, outer);
        var pass = SharedWords.Bytes * (512 / outer) * product.RightPitch;
        if (product.WideRight != 0)
        {
            var isInside = column < product.N;
            for (var i = 0; i < outer / 32; i++)
            {
                AsyncCopies.Four(target + ((uint)(i * 512 / outer) * AlongOuter.TermBytes(outer)), next + (i * pass), isInside && k + term + (i * 512 / outer) < end);
            }
        }
        else
        {
            for (var i = 0; i < outer / 8; i++)
            {
                var (j, at) = (i & 3, (i >> 2) * 512 / outer);
                AsyncCopies.One(
                    target + ((uint)at * AlongOuter.TermBytes(outer)) + ((uint)j * SharedWords.Bytes),
                    next + ((i >> 2) * pass) + (j * SharedWords.Bytes),
                    column + j < product.N && k + term + at < end);
            }
        }

        next += outer / 32 * pass;
    }
}
