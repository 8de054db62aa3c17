namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Left operand: rows are gathered, the terms of a row are (tap, channel). Stored <see cref="AlongSum"/>.</summary>
internal struct GatheredRows : IOperand<GatheredRows>
{
    private GatheredRow row0;
    private GatheredRow row1;
    private GatheredRow row2;
    private GatheredRow row3;
    private TapCursor cursor;

    public static GatheredRows Open(in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int begin, int outer, int thread)
    {
        var row = first + AlongSum.RowAt(thread >> 2);
        var rows = new GatheredRows { row0 = GatheredRow.At(product, gather, grid, address, row) };
        if (outer > 32)
        {
            rows.row1 = GatheredRow.At(product, gather, grid, address, row + 32);
        }

        if (outer > 64)
        {
            rows.row2 = GatheredRow.At(product, gather, grid, address, row + 64);
            rows.row3 = GatheredRow.At(product, gather, grid, address, row + 96);
        }

        return rows;
    }

    public void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread)
    {
        var term = 4 * (thread & 3);
        var target = tile + AlongSum.Offset(thread >> 2, term);
        if (product.WideLeft != 0)
        {
            Copy(cursor.Next(product, gather, k + term, end), target, outer, isWide: true);
            return;
        }

        for (var i = 0; i < 4; i++)
        {
            Copy(Tap.At(product, gather, k + term + i, end), target + ((uint)i * SharedWords.Bytes), outer, isWide: false);
        }
    }

    private readonly void Copy(in Tap tap, uint target, int outer, bool isWide)
    {
        Copy(row0, tap, target, isWide);
        if (outer > 32)
        {
            Copy(row1, tap, target + AlongSum.BlockBytes, isWide);
        }

        if (outer > 64)
        {
            Copy(row2, tap, target + (2 * AlongSum.BlockBytes), isWide);
            Copy(row3, tap, target + (3 * AlongSum.BlockBytes), isWide);
        }
    }

    private static void Copy(in GatheredRow row, in Tap tap, uint target, bool isWide)
    {
        var source = row.Address + (SharedWords.Bytes * tap.Left);
        if (isWide)
        {
            AsyncCopies.FourCached(target, source, row.Has(tap));
        }
        else
        {
            AsyncCopies.One(target, source, row.Has(tap));
        }
    }
}

/// <summary>Right operand: its columns are stored as rows of (tap, channel). Stored <see cref="AlongSum"/>.</summary>
internal struct StoredColumns : IOperand<StoredColumns>
{
    private long address;
    private int column;
    private TapCursor cursor;

    public static StoredColumns Open(in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int begin, int outer, int thread)
    {
        var column = first + AlongSum.RowAt(thread >> 2);
        return new() { address = address + (SharedWords.Bytes * column * product.RightPitch), column = column };
    }

    public void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread)
    {
        var term = 4 * (thread & 3);
        var target = tile + AlongSum.Offset(thread >> 2, term);
        if (product.WideRight != 0)
        {
            var tap = cursor.Next(product, gather, k + term, end);
            for (var block = 0; block < outer / 32; block++)
            {
                AsyncCopies.Four(target + ((uint)block * AlongSum.BlockBytes), Source(product, block, tap), IsPresent(product, block, k + term, end));
            }

            return;
        }

        for (var i = 0; i < 4; i++)
        {
            var tap = Tap.At(product, gather, k + term + i, end);
            for (var block = 0; block < outer / 32; block++)
            {
                AsyncCopies.One(
                    target + ((uint)block * AlongSum.BlockBytes) + ((uint)i * SharedWords.Bytes), Source(product, block, tap), IsPresent(product, block, k + term + i, end));
            }
        }
    }

    private readonly long Source(in ProductShape product, int block, in Tap tap) => address + (SharedWords.Bytes * ((32 * block * product.RightPitch) + tap.Right));

    private readonly bool IsPresent(in ProductShape product, int block, int term, int end) => column + (32 * block) < product.N && term < end;
}
