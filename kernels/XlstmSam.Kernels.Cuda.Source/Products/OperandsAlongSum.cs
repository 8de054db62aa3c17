namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Left operand: rows are gathered, the terms of a row are (tap, channel). Stored <see cref="AlongSum{TElement}"/>.</summary>
internal struct GatheredRows<TElement> : IOperand<GatheredRows<TElement>>
    where TElement : struct, IOperandElement
{
    private GatheredRow row0;
    private GatheredRow row1;
    private GatheredRow row2;
    private GatheredRow row3;
    private TapCursor cursor;

    public static GatheredRows<TElement> Open(
        in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int begin, int outer, int thread)
    {
        var row = first + TElement.RowAt(thread >> 2);
        var rows = new GatheredRows<TElement>
        {
            row0 = GatheredRow.At(product, gather, grid, address, row, TElement.Bytes),
            cursor = TapCursor.At(product, gather, begin + (TElement.Run * (thread & 3))),
        };
        if (outer > 32)
        {
            rows.row1 = GatheredRow.At(product, gather, grid, address, row + 32, TElement.Bytes);
        }

        if (outer > 64)
        {
            rows.row2 = GatheredRow.At(product, gather, grid, address, row + 64, TElement.Bytes);
            rows.row3 = GatheredRow.At(product, gather, grid, address, row + 96, TElement.Bytes);
        }

        return rows;
    }

    public void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread)
    {
        var term = TElement.Run * (thread & 3);
        var target = tile + AlongSum<TElement>.Offset(thread >> 2, term);
        if (product.WideLeft != 0)
        {
            Copy(cursor.Next(product, gather, k + term, end, 4 * TElement.Run), target, outer, isWide: true);
            return;
        }

        for (var i = 0; i < TElement.Run; i++)
        {
            Copy(Tap.At(product, gather, k + term + i, end), target + ((uint)i * TElement.Bytes), outer, isWide: false);
        }
    }

    private readonly void Copy(in Tap tap, uint target, int outer, bool isWide)
    {
        Copy(row0, tap, target, isWide);
        if (outer > 32)
        {
            Copy(row1, tap, target + AlongSum<TElement>.BlockBytes, isWide);
        }

        if (outer > 64)
        {
            Copy(row2, tap, target + (2 * AlongSum<TElement>.BlockBytes), isWide);
            Copy(row3, tap, target + (3 * AlongSum<TElement>.BlockBytes), isWide);
        }
    }

    private static void Copy(in GatheredRow row, in Tap tap, uint target, bool isWide)
    {
        var source = row.Address + (TElement.Bytes * tap.Left);
        if (isWide)
        {
            AsyncCopies.RunCached(target, source, row.Has(tap));
        }
        else
        {
            TElement.CopyOne(target, source, row.Has(tap));
        }
    }
}

/// <summary>Right operand: its columns are stored as rows of (tap, channel). Stored <see cref="AlongSum{TElement}"/>.</summary>
internal struct StoredColumns<TElement> : IOperand<StoredColumns<TElement>>
    where TElement : struct, IOperandElement
{
    private long address;
    private int column;
    private TapCursor cursor;

    public static StoredColumns<TElement> Open(
        in ProductShape product, in GatherShape gather, in RowGrid grid, long address, int first, int begin, int outer, int thread)
    {
        var column = first + TElement.RowAt(thread >> 2);
        return new()
        {
            address = address + (TElement.Bytes * column * product.RightPitch),
            column = column,
            cursor = TapCursor.At(product, gather, begin + (TElement.Run * (thread & 3))),
        };
    }

    public void Copy(in ProductShape product, in GatherShape gather, in RowGrid grid, int k, int end, uint tile, int outer, int thread)
    {
        var term = TElement.Run * (thread & 3);
        var target = tile + AlongSum<TElement>.Offset(thread >> 2, term);
        if (product.WideRight != 0)
        {
            var tap = cursor.Next(product, gather, k + term, end, 4 * TElement.Run);
            for (var block = 0; block < outer / 32; block++)
            {
                AsyncCopies.Run(target + ((uint)block * AlongSum<TElement>.BlockBytes), Source(product, block, tap), IsPresent(product, block, k + term, end));
            }

            return;
        }

        for (var i = 0; i < TElement.Run; i++)
        {
            var tap = Tap.At(product, gather, k + term + i, end);
            for (var block = 0; block < outer / 32; block++)
            {
                TElement.CopyOne(
                    target + ((uint)block * AlongSum<TElement>.BlockBytes) + ((uint)i * TElement.Bytes), Source(product, block, tap),
                        IsPresent(product, block, k + term + i, end));
            }
        }
    }

    private readonly long Source(in ProductShape product, int block, in Tap tap) =>
        address + (TElement.Bytes * ((32 * block * product.RightPitch) + tap.Right));

    private readonly bool IsPresent(in ProductShape product, int block, int term, int end) => column + (32 * block) < product.N && term < end;
}
