using XlstmSam.Imaging;
using XlstmSam.Training.Phantoms;

namespace XlstmSam.Tests.Training;

public sealed class PhantomGeneratorTests
{
    private static readonly PhantomConfig Config = new();

    [Fact]
    public void SameSeedAndIndexGiveTheSameBitsOnManyThreads()
    {
        var alone = new PhantomCase[5];
        for (var i = 0; i < alone.Length; i++)
        {
            alone[i] = PhantomGenerator.Generate(Config, 11, i);
        }

        var together = new PhantomCase[5];
        Parallel.For(0, together.Length, i => together[i] = PhantomGenerator.Generate(Config, 11, i));
        for (var i = 0; i < alone.Length; i++)
        {
            Assert.Equal(alone[i].Id, together[i].Id);
            Assert.Equal(alone[i].Image.Geometry, together[i].Image.Geometry);
            Assert.True(alone[i].Image.Voxels.AsSpan().SequenceEqual(together[i].Image.Voxels));
            Assert.True(alone[i].Labels.Voxels.AsSpan().SequenceEqual(together[i].Labels.Voxels));
        }
    }

    [Fact]
    public void SeedAndIndexChangeTheAnatomy()
    {
        var labels = PhantomGenerator.Generate(Config, 1, 0).Labels.Voxels;
        Assert.False(labels.AsSpan().SequenceEqual(PhantomGenerator.Generate(Config, 2, 0).Labels.Voxels));
        Assert.False(labels.AsSpan().SequenceEqual(PhantomGenerator.Generate(Config, 1, 5).Labels.Voxels));
    }

    [Fact]
    public void AnotherGridShowsTheSameBody()
    {
        var (drawn, asked) = (
            PhantomGenerator.Generate(Config, 1, 0), PhantomGenerator.Generate(Config with { Size = new(40, 60, 30), Spacing = new(1.5, 1, 2) }, 1, 0));
        Assert.Equal(new Size3(40, 60, 30), asked.Image.Size);
        Assert.Equal(new Vector3d(1.5, 1, 2), asked.Image.Geometry.Spacing);
        Assert.Equal(drawn.Names, asked.Names);
        double Volume(PhantomCase phantom) => phantom.Labels.Voxels.Count(label => label != 0) * phantom.Labels.Geometry.VoxelToWorld.Determinant;
        Assert.Equal(1, Volume(asked) / Volume(drawn), 0.1);
    }

    [Fact]
    public void EveryOrganIsPresentLargeAndNamed()
    {
        foreach (var phantom in PhantomDataset.Train(Config, 3, 25))
        {
            var counts = new int[256];
            foreach (var label in phantom.Labels.Voxels)
            {
                counts[label]++;
            }

            var voxel = phantom.Labels.Geometry.VoxelToWorld.Determinant;
            Assert.Equal(5, phantom.Names.Count);
            for (var label = 1; label < counts.Length; label++)
            {
                Assert.Equal(phantom.Names.ContainsKey(label), counts[label] * voxel >= 400);
                Assert.Equal(phantom.Names.ContainsKey(label), counts[label] > 0);
            }
        }
    }

    [Fact]
    public void OrgansLieInTheMiddleFortyEightMillimetres()
    {
        foreach (var phantom in PhantomDataset.Train(Config, 4, 15))
        {
            var (inside, all) = (0, 0);
            var size = phantom.Labels.Size;
            for (var i = 0; i < phantom.Labels.Voxels.Length; i++)
            {
                if (phantom.Labels.Voxels[i] != 0)
                {
                    var at = phantom.Labels.Geometry.VoxelToWorld.Apply(new(i % size.X, i / size.X % size.Y, i / (size.X * size.Y)));
                    all++;
                    inside += Math.Max(Math.Abs(at.X), Math.Max(Math.Abs(at.Y), Math.Abs(at.Z))) <= 24 ? 1 : 0;
                }
            }

            Assert.True(inside >= 0.95 * all, $"{phantom.Id}: {inside} of {all} labelled voxels.");
        }
    }

    [Fact]
    public void AnUnknownModalityIsNamedInTheError()
    {
        var error = Assert.Throws<ArgumentException>(() => PhantomGenerator.Generate(new(["Xray"]), 0, 0));
        Assert.Contains("'Xray'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SplitsNeverShareAnIndex()
    {
        var train = PhantomDataset.Train(Config, 0, PhantomDataset.SplitSize);
        var validation = PhantomDataset.Validation(Config, 0, PhantomDataset.SplitSize);
        var test = PhantomDataset.Test(Config, 0, PhantomDataset.SplitSize);
        Assert.True(train.IndexOf(train.Count - 1) < validation.IndexOf(0));
        Assert.True(validation.IndexOf(validation.Count - 1) < test.IndexOf(0));
        Assert.True(test.IndexOf(test.Count - 1) > 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => test.IndexOf(test.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => PhantomDataset.Test(Config, 0, PhantomDataset.SplitSize + 1));
    }
}
