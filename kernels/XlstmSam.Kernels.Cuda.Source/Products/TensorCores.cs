namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>What tensor cores take as operands, and how a warp multiplies with it. Products are exact, sums in float32.</summary>
internal interface IMatrixUnit
{
    /// <summary>
    /// What a lane holds of its four outer positions at the terms of one product. Which terms these are is the unit's affair, as long as left and
    /// right operand agree.
    /// </summary>
    /// <param name="address">Of the lane's part at the first of these terms.</param>
    static abstract MatrixPart Load<TLayout>(uint address, int outer)
        where TLayout : struct, ILayout;

    /// <summary>c += a b for 16 rows and 8 columns: a0 and a2 are of row g, a1 and a3 of row g + 8, b of column g.</summary>
    static abstract void Multiply(ref float c0, ref float c1, ref float c2, ref float c3, uint a0, uint a1, uint a2, uint a3, uint b0, uint b1);
}

/// <summary>Four outer positions: one register of each for the first half of the terms, one for the second.</summary>
internal struct MatrixPart
{
    public Bits4 Low;
    public Bits4 High;
}

internal struct Bits4
{
    public uint X;
    public uint Y;
    public uint Z;
    public uint W;
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
        var first = TUnit.Load<TLeft>(left, TTile.Rows);
        var second = TTile.RowBlocks > 1 ? TUnit.Load<TLeft>(left + TLeft.BlockBytes, TTile.Rows) : default;
        sums.Left = Add<TUnit, TTile>(sums.Left, first, second, TUnit.Load<TRight>(right, TTile.Columns));
        if (TTile.Columns > TTile.HalfColumns)
        {
            sums.Right = Add<TUnit, TTile>(sums.Right, first, second, TUnit.Load<TRight>(right + (2 * TRight.BlockBytes), TTile.Columns));
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
            Upper = Add<TUnit>(sums.Upper, a.Low.X, a.Low.Y, a.High.X, a.High.Y, b),
            Lower = Add<TUnit>(sums.Lower, a.Low.Z, a.Low.W, a.High.Z, a.High.W, b),
        };

    private static RowPair Add<TUnit>(RowPair sums, uint a0, uint a1, uint a2, uint a3, MatrixPart b)
        where TUnit : struct, IMatrixUnit
    {
        TUnit.Multiply(ref sums.TopLeft.X, ref sums.TopRight.X, ref sums.BottomLeft.X, ref sums.BottomRight.X, a0, a1, a2, a3, b.Low.X, b.High.X);
        TUnit.Multiply(ref sums.TopLeft.Y, ref sums.TopRight.Y, ref sums.BottomLeft.Y, ref sums.BottomRight.Y, a0, a1, a2, a3, b.Low.Y, b.High.Y);
        TUnit.Multiply(ref sums.TopLeft.Z, ref sums.TopRight.Z, ref sums.BottomLeft.Z, ref sums.BottomRight.Z, a0, a1, a2, a3, b.Low.Z, b.High.Z);
        TUnit.Multiply(ref sums.TopLeft.W, ref sums.TopRight.W, ref sums.BottomLeft.W, ref sums.BottomRight.W, a0, a1, a2, a3, b.Low.W, b.High.W);
        return sums;
    }
}
