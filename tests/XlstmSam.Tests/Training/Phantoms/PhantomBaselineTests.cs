using System.Globalization;
using XlstmSam.Imaging;
using XlstmSam.Training.Phantoms;

namespace XlstmSam.Tests.Training;

[Thorough]
public sealed class PhantomBaselineTests(ITestOutputHelper output)
{
    [Fact]
    public void NaiveBaselinesStayBelowSixTenthsOnHeldOutPhantoms()
    {
        var sums = new SortedDictionary<string, (double Sphere, double Threshold, int Count)>();
        foreach (var phantom in PhantomDataset.Test(new(), 2025, 20))
        {
            foreach (var label in phantom.Names.Keys)
            {
                var sphere = BestSphereBaseline.Dice(phantom.Labels, (byte)label);
                var threshold = BestThresholdBaseline.Dice(phantom.Image, phantom.Labels, (byte)label);
                Add(sums, phantom.Modality, sphere, threshold);
                Add(sums, "all", sphere, threshold);
            }
        }

        foreach (var (name, (sphere, threshold, count)) in sums)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: sphere {sphere / count:F3}, threshold {threshold / count:F3}"));
        }

        Assert.Equal(100, sums["all"].Count);
        Assert.All(sums.Values, sum => Assert.InRange(sum.Sphere / sum.Count, 0.3, 0.6));
        Assert.All(sums.Values, sum => Assert.InRange(sum.Threshold / sum.Count, 0.15, 0.6));
    }

    [Fact]
    public void ABallIsFoundByTheSphereBaseline()
    {
        var labels = Ball(new(31, 29, 27), 9);
        Assert.True(BestSphereBaseline.Dice(labels, 1) > 0.98);
    }

    [Fact]
    public void ABrightBallIsFoundByTheThresholdBaselineUntilItTouchesItsLike()
    {
        var labels = Ball(new(31, 29, 27), 9);
        var image = new Volume<float>(labels.Geometry, Array.ConvertAll(labels.Voxels, label => 10f * label));
        Assert.Equal(1, BestThresholdBaseline.Dice(image, labels, 1));
        image.Voxels.AsSpan().Fill(10);
        Assert.True(BestThresholdBaseline.Dice(image, labels, 1) < 0.3);
    }

    [Fact]
    public void TheDeepestVoxelIsTheMiddleOfABall()
    {
        var labels = Ball(new(31, 29, 27), 9);
        Assert.Equal(15 + (31 * (14 + (29 * 13))), DeepestVoxel.Find(labels, 1));
        Assert.Throws<ArgumentException>(() => DeepestVoxel.Find(labels, 2));
    }

    [Fact]
    public void TheEdgeOfTheVolumeBoundsAnObject()
    {
        var labels = new Volume<byte>(new(new(9, 5, 5), Affine3.Identity), new byte[225]);
        labels.Voxels.AsSpan().Fill(1);
        Assert.Equal(2 + (9 * (2 + (5 * 2))), DeepestVoxel.Find(labels, 1));
    }

    private static Volume<byte> Ball(Size3 size, int radius)
    {
        var labels = new Volume<byte>(new(size, Affine3.Identity), new byte[size.Count]);
        for (var i = 0; i < labels.Voxels.Length; i++)
        {
            var (x, y, z) = ((i % size.X) - (size.X / 2), (i / size.X % size.Y) - (size.Y / 2), (i / (size.X * size.Y)) - (size.Z / 2));
            labels.Voxels[i] = (byte)((x * x) + (y * y) + (z * z) <= radius * radius ? 1 : 0);
        }

        return labels;
    }

    private static void Add(SortedDictionary<string, (double Sphere, double Threshold, int Count)> sums, string name, double sphere, double threshold)
    {
        var sum = sums.GetValueOrDefault(name);
        sums[name] = (sum.Sphere + sphere, sum.Threshold + threshold, sum.Count + 1);
    }
}
