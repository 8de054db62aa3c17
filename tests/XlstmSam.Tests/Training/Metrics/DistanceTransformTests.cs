using CsCheck;
using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

public sealed class DistanceTransformTests
{
    [Fact]
    public void VoxelDistancesAreExact() =>
        Masks.Generate(9).Sample(
            mask =>
            {
                var expected = BruteForce(mask, new(1, 1, 1)).Select(d => double.IsInfinity(d) ? DistanceTransform.Far : (int)d);
                var parallel = new int[mask.Voxels.Length];
                DistanceTransform.SquaredVoxels(mask.Voxels, mask.Extent, parallel.AsMemory());
                Assert.Equal(expected, parallel);
                var serial = new int[mask.Voxels.Length];
                DistanceTransform.SquaredVoxels(mask.Voxels, mask.Extent, serial, new DistanceScratch());
                Assert.Equal(parallel, serial);
            },
            iter: 400);

    [Fact]
    public void SpacingScalesEachAxis() =>
        Masks.Generate(8).Select(Gen.Double[0.3, 4].Array[3], (mask, s) => (mask, s)).Sample(
            (mask, s) =>
            {
                var spacing = new Vector3d(s[0], s[1], s[2]);
                var squared = new double[mask.Voxels.Length];
                DistanceTransform.Squared(mask.Voxels, mask.Extent, spacing.ToSpacing(), squared);
                foreach (var (expected, actual) in BruteForce(mask, spacing).Zip(squared))
                {
                    Assert.True(expected == actual || Math.Abs(expected - actual) <= 1e-14 * expected, $"{actual}, expected {expected}");
                }
            },
            iter: 300);

    [Fact]
    public void ThereIsNoFeatureInAFullMask()
    {
        var squared = new double[24];
        DistanceTransform.Squared(Enumerable.Repeat((byte)1, 24).ToArray(), new(2, 3, 4), new(3, 2, 1), squared);
        Assert.All(squared, d => Assert.Equal(double.PositiveInfinity, d));
    }

    [Fact]
    public void AnEmptyMaskIsAllFeatures()
    {
        var squared = new double[24];
        DistanceTransform.Squared(new byte[24], new(2, 3, 4), new(3, 2, 1), squared);
        Assert.All(squared, d => Assert.Equal(0, d));
    }

    [Fact]
    public void LongLinesAreExact()
    {
        var size = new Size3(701, 1, 2);
        var mask = Masks.Where(size, (x, _, z) => (x, z) is not ((17, 0) or (500, 1)));
        var squared = new int[mask.Length];
        DistanceTransform.SquaredVoxels(mask, size.ToExtent(), squared.AsMemory());
        for (var x = 0; x < size.X; x++)
        {
            Assert.Equal(Math.Min((x - 17) * (x - 17), ((x - 500) * (x - 500)) + 1), squared[x]);
        }
    }

    private static double[] BruteForce(Mask mask, Vector3d spacing)
    {
        var distances = new double[mask.Voxels.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = double.PositiveInfinity;
            var (x, y, z) = Masks.Place(i, mask.Size);
            for (var j = 0; j < distances.Length; j++)
            {
                var (u, v, w) = Masks.Place(j, mask.Size);
                var (dx, dy, dz) = ((u - x) * spacing.X, (v - y) * spacing.Y, (w - z) * spacing.Z);
                distances[i] = mask.Voxels[j] == 0 ? Math.Min(distances[i], (dz * dz) + (dy * dy) + (dx * dx)) : distances[i];
            }
        }

        return distances;
    }
}
