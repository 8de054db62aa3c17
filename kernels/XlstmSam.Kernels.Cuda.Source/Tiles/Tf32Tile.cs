using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Products on tensor cores, of operands rounded as in <see cref="Tf32"/>.</summary>
internal readonly struct Tf32Tile : ITilePrecision
{
    public static int Slot => WarpTile.Slot;

    public static int Row(int i) => WarpTile.Row(i);

    public static int Column(int j) => WarpTile.Column(j);

    public static ThreadSums Add(ThreadSums sums, ArrayView<float> left, int leftDepth, int leftRow, ArrayView<float> right, int depth)
    {
        for (var k = 0; k < depth; k += 8)
        {
            var b = Load(right, WarpTile.Right + (k * Tile.Stride), Tile.Stride, 8);
            sums = WarpTile.AddUpper<Tf32>(sums, Load(left, WarpTile.Left(0, leftDepth, leftRow) + (k * leftDepth), leftDepth, 8 * leftRow), b);
            sums = WarpTile.AddLower<Tf32>(sums, Load(left, WarpTile.Left(2, leftDepth, leftRow) + (k * leftDepth), leftDepth, 8 * leftRow), b);
        }

        return sums;
    }

    // Lane 4 g + t has terms t and t + 4.
    private static WarpFragment Load(ArrayView<float> tile, int at, int depth, int next) => new()
    {
        First0 = Tf32.Round(tile[at]),
        First1 = Tf32.Round(tile[at + (4 * depth)]),
        Second0 = Tf32.Round(tile[at + next]),
        Second1 = Tf32.Round(tile[at + next + (4 * depth)]),
    };
}
