using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Products and sums in float32: threads in 16 rows of 16, each with neighbouring rows and columns of the tile.</summary>
internal readonly struct Float32Tile : ITilePrecision
{
    private const int Threads = 16;

    public static int Slot => Group.IdxX & (Threads - 1);

    public static int Row(int i) => (4 * (Group.IdxX / Threads)) + i;

    public static int Column(int j) => (4 * (Group.IdxX & (Threads - 1))) + j;

    public static ThreadSums Add(ThreadSums sums, ArrayView<float> left, int leftDepth, int leftRow, ArrayView<float> right, int depth)
    {
        var (row, column) = (Row(0) * leftRow, Group.IdxX & (Threads - 1));
        var right4 = right.Cast<Float4>();
        for (var k = 0; k < depth; k++)
        {
            var a = (k * leftDepth) + row;
            var b = right4[(k * (Tile.Stride / 4)) + column];
            sums.AddOuter(left[a], left[a + leftRow], left[a + (2 * leftRow)], left[a + (3 * leftRow)], b.X, b.Y, b.Z, b.W);
        }

        return sums;
    }
}
