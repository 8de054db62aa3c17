using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Products on tensor cores, of operands rounded as in <see cref="Tf32"/>; sums in float32. Eight warps in two rows of four, each with 32 x 16 of the tile in
/// two by two products of 16 x 8.
/// </summary>
internal readonly struct Tf32Tile : ITilePrecision
{
    public static int Slot => (Warp * 4) + Lane;

    // The column of warps, and a lane's place in its group of four.
    private static int Warp => Group.IdxX / 32 % 4;

    private static int Lane => Group.IdxX % 4;

    // The lane's group of four: a row of the left fragment, a column of the right one.
    private static int Four => Group.IdxX % 32 / 4;

    public static int Row(int i) => (Group.IdxX / 128 * 32) + (i / 2 * 16) + (i % 2 * 8) + Four;

    public static int Column(int j) => (Warp * 16) + (j / 2 * 8) + (2 * Lane) + (j % 2);

    public static ThreadSums Add(ThreadSums sums, ArrayView<float> left, int leftDepth, int leftRow, ArrayView<float> right, int depth)
    {
        var (upper, lower) = ((Lane * leftDepth) + (Row(0) * leftRow), (Lane * leftDepth) + (Row(2) * leftRow));
        var column = (Lane * Tile.Stride) + (Warp * 16) + Four;
        for (var k = 0; k < depth; k += 8)
        {
            var (start, b) = (k * leftDepth, column + (k * Tile.Stride));
            var (b0, b1) = (Tf32.Round(right[b]), Tf32.Round(right[b + (4 * Tile.Stride)]));
            var (b2, b3) = (Tf32.Round(right[b + 8]), Tf32.Round(right[b + 8 + (4 * Tile.Stride)]));
            var a = LeftFragment.Load(left, start + upper, leftDepth, leftRow);
            Tf32.Multiply(ref sums.C00, ref sums.C01, ref sums.C10, ref sums.C11, a.A0, a.A1, a.A2, a.A3, b0, b1);
            Tf32.Multiply(ref sums.C02, ref sums.C03, ref sums.C12, ref sums.C13, a.A0, a.A1, a.A2, a.A3, b2, b3);
            a = LeftFragment.Load(left, start + lower, leftDepth, leftRow);
            Tf32.Multiply(ref sums.C20, ref sums.C21, ref sums.C30, ref sums.C31, a.A0, a.A1, a.A2, a.A3, b0, b1);
            Tf32.Multiply(ref sums.C22, ref sums.C23, ref sums.C32, ref sums.C33, a.A0, a.A1, a.A2, a.A3, b2, b3);
        }

        return sums;
    }

    /// <summary>A lane's four elements of 16 rows by 8 terms: its row and the eighth after it, its term and the fourth after it.</summary>
    private struct LeftFragment
    {
        public uint A0, A1, A2, A3;

        public static LeftFragment Load(ArrayView<float> left, int at, int leftDepth, int leftRow) => new()
        {
            A0 = Tf32.Round(left[at]),
            A1 = Tf32.Round(left[at + (8 * leftRow)]),
            A2 = Tf32.Round(left[at + (4 * leftDepth)]),
            A3 = Tf32.Round(left[at + (4 * leftDepth) + (8 * leftRow)]),
        };
    }
}
