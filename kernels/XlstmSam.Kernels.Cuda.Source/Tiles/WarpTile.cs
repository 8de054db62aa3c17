using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// How eight warps share a 64 x 64 tile of tensor-core products: two rows of four, each with 32 x 16 in two by two products of 16 x 8. Lane 4 g + t
/// holds rows g and g + 8 of the left and column g of the right operands, and results of these rows in columns 2 t and 2 t + 1.
/// </summary>
internal static class WarpTile
{
    public static int Slot => (WarpColumn * 4) + Lane;

    /// <summary>Where the lane's part of the right operand begins in its slab.</summary>
    public static int Right => (Lane * Tile.Stride) + (WarpColumn * 16) + Four;

    private static int WarpColumn => (Group.IdxX >> 5) & 3;

    // A lane's place in its group of four, and the group.
    private static int Lane => Group.IdxX & 3;

    private static int Four => (Group.IdxX & 31) >> 2;

    public static int Row(int i) => (Group.IdxX / 128 * 32) + (i / 2 * 16) + ((i & 1) * 8) + Four;

    public static int Column(int j) => (WarpColumn * 16) + (j / 2 * 8) + (2 * Lane) + (j & 1);

    /// <summary>Where the lane's part of the left operand begins for this thread's row i.</summary>
    public static int Left(int i, int leftDepth, int leftRow) => (Lane * leftDepth) + (Row(i) * leftRow);

    /// <summary>The upper 16 rows: a has their halves, b two products' columns.</summary>
    public static ThreadSums AddUpper<TUnit>(ThreadSums sums, WarpFragment a, WarpFragment b)
        where TUnit : struct, IMatrixUnit
    {
        TUnit.Multiply(ref sums.C00, ref sums.C01, ref sums.C10, ref sums.C11, new(a.First0, a.Second0, a.First1, a.Second1), b.First0, b.First1);
        TUnit.Multiply(ref sums.C02, ref sums.C03, ref sums.C12, ref sums.C13, new(a.First0, a.Second0, a.First1, a.Second1), b.Second0, b.Second1);
        return sums;
    }

    public static ThreadSums AddLower<TUnit>(ThreadSums sums, WarpFragment a, WarpFragment b)
        where TUnit : struct, IMatrixUnit
    {
        TUnit.Multiply(ref sums.C20, ref sums.C21, ref sums.C30, ref sums.C31, new(a.First0, a.Second0, a.First1, a.Second1), b.First0, b.First1);
        TUnit.Multiply(ref sums.C22, ref sums.C23, ref sums.C32, ref sums.C33, new(a.First0, a.Second0, a.First1, a.Second1), b.Second0, b.Second1);
        return sums;
    }
}

/// <summary>A row (or column) and the eighth after it: a register for the first half of the terms, one for the second.</summary>
internal struct WarpFragment
{
    public uint First0;
    public uint First1;
    public uint Second0;
    public uint Second1;
}
