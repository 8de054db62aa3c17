namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Left operand: rows are (tap, channel), the terms of the sum are voxels of the grid. Stored <see cref="AlongOuter"/>.</summary>
internal struct GatheredTerms : IOperand<GatheredTerms>
{
    private long address;
    private TapColumn column0;
    private TapColumn column1;
    private TapColumn column2;
    private TapColumn column3;

    public static GatheredTerms Open(in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int outer, int thread)
    {
        var row = first + (4 * (thread % (outer / 4)));
        return new()
        {
            address = address,
            column0 = TapColumn.At(product, gather, row),
            column1 = TapColumn.At(product, gather, row + 1),
            column2 = TapColumn.At(product, gather, row + 2),
            column3 = TapColumn.At(product, gather, row + 3),
        };
    }

    public readonly void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread)
    {
        var position = 4 * (thread % (outer / 4));
        for (var i = 0; i < outer / 32; i++)
        {
            var term = (thread / (outer / 4)) + (i * 512 / outer);
            // Voxels beyond the end are as far outside as absent taps.
            var target = tile + AlongOuter.Offset(position, term, outer);
            var p = grid.Point(k + term);
            var d = k + term < end ? (p.D * gather.StepD) + gather.FirstD : TapColumn.Absent;
            var (h, w) = ((p.H * gather.StepH) + gather.FirstH, (p.W * gather.StepW) + gather.FirstW);
            var source = address + (SharedWords.Bytes * (((((((long)p.N * gather.SizeD) + d) * gather.SizeH) + h) * gather.SizeW) + w) * gather.Pitch);
            if (product.WideLeft != 0)
            {
                AsyncCopies.Four(target, source + column0.Bytes, column0.IsInside(gather, d, h, w));
            }
            else
            {
                AsyncCopies.One(target, source + column0.Bytes, column0.IsInside(gather, d, h, w));
                AsyncCopies.One(target + SharedWords.Bytes, source + column1.Bytes, column1.IsInside(gather, d, h, w));
                AsyncCopies.One(target + (2 * SharedWords.Bytes), source + column2.Bytes, column2.IsInside(gather, d, h, w));
                AsyncCopies.One(target + (3 * SharedWords.Bytes), source + column3.Bytes, column3.IsInside(gather, d, h, w));
            }
        }
    }
}

/// <summary>A tap and channel: how far its voxel is from that of tap 0.</summary>
internal struct TapColumn
{
    /// <summary>A coordinate that is outside with every tap added.</summary>
    public const int Absent = int.MinValue / 2;

    public long Bytes;
    private int d;
    private int h;
    private int w;

    public static TapColumn At(in ProductShape product, in GatherShape gather, int row)
    {
        if (row >= product.M)
        {
            return new() { d = Absent };
        }

        var (tap, d, h, w) = Tap.Split(gather, row);
        var voxels = ((((long)d * gather.SizeH) + h) * gather.SizeW) + w;
        return new()
        {
            Bytes = SharedWords.Bytes * ((voxels * gather.TapStep * gather.Pitch) + (row - (tap * gather.Channels.Divisor))),
            d = d * gather.TapStep,
            h = h * gather.TapStep,
            w = w * gather.TapStep,
        };
    }

    public readonly bool IsInside(in GatherShape gather, int atD, int atH, int atW) =>
        (uint)(atD + d) < (uint)gather.SizeD && (uint)(atH + h) < (uint)gather.SizeH && (uint)(atW + w) < (uint)gather.SizeW;
}

/// <summary>Right operand: stored (K, N). Stored <see cref="AlongOuter"/>.</summary>
internal struct StoredRows : IOperand<StoredRows>
{
    private long address;
    private int column;

    public static StoredRows Open(in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int outer, int thread)
    {
        var column = first + (4 * (thread % (outer / 4)));
        return new() { address = address + (SharedWords.Bytes * (long)column), column = column };
    }

    public readonly void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread)
    {
        var position = 4 * (thread % (outer / 4));
        for (var i = 0; i < outer / 32; i++)
        {
            var term = (thread / (outer / 4)) + (i * 512 / outer);
            var target = tile + AlongOuter.Offset(position, term, outer);
            var source = address + (SharedWords.Bytes * (k + term) * product.RightPitch);
            if (product.WideRight != 0)
            {
                AsyncCopies.Four(target, source, k + term < end && column < product.N);
            }
            else
            {
                for (var j = 0; j < 4; j++)
                {
                    AsyncCopies.One(target + ((uint)j * SharedWords.Bytes), source + (j * SharedWords.Bytes), k + term < end && column + j < product.N);
                }
            }
        }
    }
}
