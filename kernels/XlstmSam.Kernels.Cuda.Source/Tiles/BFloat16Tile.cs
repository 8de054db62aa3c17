using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Products on tensor cores, of operands rounded as in <see cref="BFloat16"/>.</summary>
internal readonly struct BFloat16Tile : ITilePrecision
{
    public static int Slot => WarpTile.Slot;

    public static int Row(int i) => WarpTile.Row(i);

    public static int Column(int j) => WarpTile.Column(j);

    public static ThreadSums Add(ThreadSums sums, ArrayView<float> left, int leftDepth, int leftRow, ArrayView<float> right, int depth)
    {
        for (var k = 0; k < depth; k += 16)
        {
            var b = Load(right, WarpTile.Right + (k * Tile.Stride), Tile.Stride, 8);
            sums = WarpTile.AddUpper<BFloat16>(sums, Load(left, WarpTile.Left(0, leftDepth, leftRow) + (k * leftDepth), leftDepth, 8 * leftRow), b);
            sums = WarpTile.AddLower<BFloat16>(sums, Load(left, WarpTile.Left(2, leftDepth, leftRow) + (k * leftDepth), leftDepth, 8 * leftRow), b);
        }

        return sums;
    }

    // Lane 4 g + t has terms t and t + 4 in one register, t + 8 and t + 12 in the other: the rows that a warp reads together lie in different banks.
    private static WarpFragment Load(ArrayView<float> tile, int at, int depth, int next) => new()
    {
        First0 = BFloatElement.Round(tile[at], tile[at + (4 * depth)]),
        First1 = BFloatElement.Round(tile[at + (8 * depth)], tile[at + (12 * depth)]),
        Second0 = BFloatElement.Round(tile[at + next], tile[at + next + (4 * depth)]),
        Second1 = BFloatElement.Round(tile[at + next + (8 * depth)], tile[at + next + (12 * depth)]),
    };
}
