using CsCheck;
using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

public sealed class ConnectedComponentsTests
{
    [Fact]
    public void AgreeWithAFloodFillInRasterOrder() =>
        Masks.Generate(7).Select(Gen.Bool, (mask, corners) => (mask, corners)).Sample(
            (mask, corners) =>
            {
                var connectivity = corners ? Connectivity.Corners : Connectivity.Faces;
                var components = new ConnectedComponents();
                components.Find(mask.Voxels, mask.Extent, connectivity);
                var labels = new int[mask.Voxels.Length];
                components.Label(labels);
                var expected = FloodFill(mask.Voxels, mask.Size, connectivity);
                Assert.Equal(expected, labels);
                Assert.Equal(expected.Max(), components.Count);
                for (var i = 0; i < components.Count; i++)
                {
                    Assert.Equal(expected.Count(l => l == i + 1), components.Sizes[i]);
                    Assert.Equal(LabelBox.Of<int>(expected, i + 1, mask.Size), components.Bounds(i));
                }
            },
            iter: 400);

    [Fact]
    public void ReusedInstanceForgetsTheLastMask()
    {
        var components = new ConnectedComponents();
        components.Find([1, 0, 1, 0, 1, 1], new(1, 1, 6), Connectivity.Corners);
        Assert.Equal(3, components.Count);
        Assert.Equal(2, components.Largest);
        components.Find([0, 0, 0, 0], new(1, 2, 2), Connectivity.Corners);
        Assert.Equal(0, components.Count);
        Assert.Equal(-1, components.Largest);
    }

    [Fact]
    public void LargestIsTheFirstAmongEquals()
    {
        var components = new ConnectedComponents();
        components.Find([1, 0, 1, 1, 0, 1, 1], new(1, 1, 7), Connectivity.Faces);
        Assert.Equal(1, components.Largest);
    }

    [Fact]
    public void DiagonalVoxelsTouchByCornersOnly()
    {
        byte[] mask = [1, 0, 0, 0, 0, 0, 0, 1];
        var components = new ConnectedComponents();
        components.Find(mask, new(2, 2, 2), Connectivity.Corners);
        Assert.Equal(1, components.Count);
        components.Find(mask, new(2, 2, 2), Connectivity.Faces);
        Assert.Equal(2, components.Count);
    }

    private static int[] FloodFill(byte[] mask, Size3 size, Connectivity connectivity)
    {
        var labels = new int[mask.Length];
        var count = 0;
        for (var seed = 0; seed < mask.Length; seed++)
        {
            if (mask[seed] == 0 || labels[seed] != 0)
            {
                continue;
            }

            labels[seed] = ++count;
            var open = new Stack<int>([seed]);
            while (open.TryPop(out var at))
            {
                foreach (var near in Neighbours(at, size, connectivity).Where(n => mask[n] != 0 && labels[n] == 0))
                {
                    labels[near] = count;
                    open.Push(near);
                }
            }
        }

        return labels;
    }

    private static IEnumerable<int> Neighbours(int at, Size3 size, Connectivity connectivity)
    {
        var (x, y, z) = Masks.Place(at, size);
        for (var i = 0; i < 27; i++)
        {
            var (dx, dy, dz) = ((i % 3) - 1, (i / 3 % 3) - 1, (i / 9) - 1);
            var far = Math.Abs(dx) + Math.Abs(dy) + Math.Abs(dz);
            if (far > 0 && (connectivity == Connectivity.Corners || far == 1)
                && x + dx >= 0 && x + dx < size.X && y + dy >= 0 && y + dy < size.Y && z + dz >= 0 && z + dz < size.Z)
            {
                yield return at + dx + (size.X * (dy + (size.Y * dz)));
            }
        }
    }
}
