namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// What one thread sums of a warp's 32 x 32 block of the product: four rows, eight columns. Lane 4 g + t has rows 4 g .. 4 g + 3 and columns
/// 8 t .. 8 t + 7, or, dealt out, rows g, g + 8, g + 16, g + 24 and columns 2 t and 2 t + 1, 8 apart. Upper are the first two rows.
/// </summary>
internal struct BlockSums
{
    public RowPair Upper;
    public RowPair Lower;

    public readonly void Store(uint address, uint rowBytes)
    {
        Upper.Store(address, rowBytes);
        Lower.Store(address + (2 * rowBytes), rowBytes);
    }

    public readonly void StoreDealt(uint address, uint rowBytes)
    {
        Upper.StoreDealt(address, rowBytes);
        Lower.StoreDealt(address + (16 * rowBytes), rowBytes);
    }
}

/// <summary>Two rows of eight columns.</summary>
internal struct RowPair
{
    public Float4 TopLeft;
    public Float4 TopRight;
    public Float4 BottomLeft;
    public Float4 BottomRight;

    public readonly void Store(uint address, uint rowBytes)
    {
        SharedWords.Store(address, TopLeft);
        SharedWords.Store(address + 16, TopRight);
        SharedWords.Store(address + rowBytes, BottomLeft);
        SharedWords.Store(address + rowBytes + 16, BottomRight);
    }

    public readonly void StoreDealt(uint address, uint rowBytes)
    {
        StoreDealt(address, TopLeft, TopRight);
        StoreDealt(address + (8 * rowBytes), BottomLeft, BottomRight);
    }

    // Left has the even, right the odd columns.
    private static void StoreDealt(uint address, Float4 left, Float4 right)
    {
        SharedWords.StoreTwo(address, left.X, right.X);
        SharedWords.StoreTwo(address + 32, left.Y, right.Y);
        SharedWords.StoreTwo(address + 64, left.Z, right.Z);
        SharedWords.StoreTwo(address + 96, left.W, right.W);
    }
}

/// <summary>One or two blocks, one below the other.</summary>
internal struct BlockColumn
{
    public BlockSums First;
    public BlockSums Second;

    public readonly void Store(uint address, uint rowBytes, int blocks)
    {
        First.Store(address, rowBytes);
        if (blocks > 1)
        {
            Second.Store(address + (32 * rowBytes), rowBytes);
        }
    }

    public readonly void StoreDealt(uint address, uint rowBytes, int blocks)
    {
        First.StoreDealt(address, rowBytes);
        if (blocks > 1)
        {
            Second.StoreDealt(address + (32 * rowBytes), rowBytes);
        }
    }
}

/// <summary>The sums of one thread: one or two columns of blocks.</summary>
internal struct TileSums
{
    public BlockColumn Left;
    public BlockColumn Right;
}
