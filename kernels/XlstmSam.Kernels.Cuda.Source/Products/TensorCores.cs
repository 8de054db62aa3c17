namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>What tensor cores take as operands, and how a warp multiplies with it. Products are exact, sums in float32.</summary>
internal interface IMatrixUnit
{
    /// <summary>The lane's part of 32 rows. Which terms it has is the unit's affair, as long as left and right operand agree.</summary>
    /// <param name="address">Of the lane's part at the first of the terms.</param>
    static abstract MatrixPart LoadLeft<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout;

    /// <summary>The lane's part of 32 columns.</summary>
    static abstract MatrixPart LoadRight<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout;

    /// <summary>c += a b for 16 rows and 8 columns: the first and third of a are of row g, the others of row g + 8, b is of column g.</summary>
    static abstract void Multiply(ref float c0, ref float c1, ref float c2, ref float c3, Bits4 a, uint b0, uint b1);
}

/// <summary>
/// Registers in the order in which the products take them. Left: a0 to a3 of the first two rows, then of the others. Right: b0 and b1 of the first
/// column, then of the second; then of the third and fourth.
/// </summary>
internal struct MatrixPart
{
    public Bits4 First;
    public Bits4 Second;
}

internal struct Bits4(uint x, uint y, uint z, uint w)
{
    public uint X = x;
    public uint Y = y;
    public uint Z = z;
    public uint W = w;
}

/// <summary>A warp's part of a tile on tensor cores.</summary>
internal static class TensorCores
{
    /// <summary>Adds the terms of one product; the addresses are those of the lane.</summary>
    public static TileSums Multiply<TUnit, TTile, TLeft, TRight>(TileSums sums, uint left, uint right)
        where TUnit : struct, IMatrixUnit
        where TTile : struct, ITile
        where TLeft : struct, ILayout
        where TRight : struct, ILayout
    {
        var first = TUnit.LoadLeft<TLeft>(left, TTile.Rows);
        var second = TTile.RowBlocks > 1 ? TUnit.LoadLeft<TLeft>(left + TLeft.BlockBytes, TTile.Rows) : default;
        sums.Left = Add<TUnit, TTile>(sums.Left, first, second, TUnit.LoadRight<TRight>(right, TTile.Columns));
        if (TTile.Columns > TTile.HalfColumns)
        {
            sums.Right = Add<TUnit, TTile>(sums.Right, first, second, TUnit.LoadRight<TRight>(right + (2 * TRight.BlockBytes), TTile.Columns));
        }

        return sums;
    }

    private static BlockColumn Add<TUnit, TTile>(BlockColumn sums, MatrixPart first, MatrixPart second, MatrixPart b)
        where TUnit : struct, IMatrixUnit
        where TTile : struct, ITile
    {
        sums.First = Add<TUnit>(sums.First, first, b);
        if (TTile.RowBlocks > 1)
        {
            sums.Second = Add<TUnit>(sums.Second, second, b);
        }

        return sums;
    }

    // The first two of a lane's rows are rows g and g + 8 of one product of 16 rows, the others those of another; its column i is column g of
    // product i.
    private static BlockSums Add<TUnit>(BlockSums sums, MatrixPart a, MatrixPart b)
        where TUnit : struct, IMatrixUnit => new()
        {
            Upper = Add<TUnit>(sums.Upper, a.First, b),
            Lower = Add<TUnit>(sums.Lower, a.Second, b),
        };

    private static RowPair Add<TUnit>(RowPair sums, Bits4 a, MatrixPart b)
        where TUnit : struct, IMatrixUnit
    {
        TUnit.Multiply(ref sums.TopLeft.X, ref sums.TopRight.X, ref sums.BottomLeft.X, ref sums.BottomRight.X, a, b.First.X, b.First.Y);
        TUnit.Multiply(ref sums.TopLeft.Y, ref sums.TopRight.Y, ref sums.BottomLeft.Y, ref sums.BottomRight.Y, a, b.First.Z, b.First.W);
        TUnit.Multiply(ref sums.TopLeft.Z, ref sums.TopRight.Z, ref sums.BottomLeft.Z, ref sums.BottomRight.Z, a, b.Second.X, b.Second.Y);
        TUnit.Multiply(ref sums.TopLeft.W, ref sums.TopRight.W, ref sums.BottomLeft.W, ref sums.BottomRight.W, a, b.Second.Z, b.Second.W);
        return sums;
    }
}
