using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class ChallengeCaseTests
{
    [Fact]
    public void ReadsThePickledFixture()
    {
        var read = ChallengeCase.Read(SharedData.Fixture("challenge", "challenge_case_pickled.npz"));
        Assert.Equal(new Size3(10, 9, 8), read.Geometry(SpacingOrder.Array).Size);
        Assert.Equal(new ChallengeBox(1, 5, 3, 2, 3, 6, 7), read.Boxes![0]);
        Assert.Equal(2, read.Boxes.Count);
        Assert.Equal([new VoxelIndex(5, 4, 3)], read.Clicks![0].Foreground);
        Assert.Empty(read.Clicks[0].Background);
        Assert.Equal([new VoxelIndex(3, 2, 1)], read.Clicks[1].Background);
        Assert.Equal(["fg"], read.ClicksOrder![0]);
        Assert.Equal("Liver in abdominal CT", read.TextPrompts!["1"]);
        Assert.Equal(0L, read.TextPrompts["instance_label"]);
        Assert.Equal(720, read.PreviousPrediction(SpacingOrder.Array)!.Voxels.Length);
    }

    [Fact]
    public void ReadsClicksOrderWithNone()
    {
        var read = ChallengeCase.Read(SharedData.Fixture("challenge", "challenge_case_none_clicks.npz"));
        Assert.Equal(["fg", null], read.ClicksOrder![0]);
        Assert.Equal(["bg", "fg"], read.ClicksOrder[1]);
        Assert.Null(read.Imgs);
        Assert.Contains("has no imgs", Assert.Throws<InvalidDataException>(() => read.Image(SpacingOrder.Array)).Message, StringComparison.Ordinal);
    }

    /// <summary>Read and written again, every member has numpy's own bytes, pickles included.</summary>
    [Theory]
    [InlineData("challenge_case_pickled.npz")]
    [InlineData("challenge_case_none_clicks.npz")]
    public void WritesTheBytesThatNumpyWrites(string name)
    {
        var fixture = SharedData.Fixture("challenge", name);
        using var folder = new TemporaryFolder();
        var copy = folder.File("copy.npz");
        ChallengeCase.Read(fixture).Write(copy);
        var (expected, actual) = (Members(fixture), Members(copy));
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var member in expected.Keys)
        {
            // The fixture refers twice to one box object; a case holds two equal ones. They agree up to the second.
            var length = member == "boxes.npy" ? 2 * (128 + 492) : expected[member].Length;
            Assert.Equal(expected[member][..length], actual[member][..length]);
        }
    }

    [Fact]
    public void SpacingOrderDecidesWhichAxisIsWhich()
    {
        var read = new ChallengeCase { Imgs = new(new byte[4 * 8 * 8], 4, 8, 8), Spacing = [0.5, 0.5, 5] };
        Assert.Equal(new Vector3d(5, 0.5, 0.5), read.Geometry(SpacingOrder.Array).Spacing);
        Assert.Equal(new Vector3d(0.5, 0.5, 5), read.Geometry(SpacingOrder.Xyz).Spacing);
        Assert.True(read.SpacingLooksReversed());
        Assert.False((read with { Spacing = [5, 0.5, 0.5] }).SpacingLooksReversed());
        Assert.False((read with { Spacing = [1, 1, 1] }).SpacingLooksReversed());
    }

    [Fact]
    public void RaggedOrdersAndManyClicksSurviveARoundTrip()
    {
        var clicks = Enumerable.Range(0, 2500).Select(i => new VoxelIndex(i % 300, i / 300, 70_000 + i)).ToArray();
        var written = new ChallengeCase
        {
            Imgs = new(new float[8], 2, 2, 2),
            Spacing = [1, 2, 3],
            Clicks = [new(clicks, []), new([], clicks)],
            ClicksOrder = [["fg", "bg"], [null]],
        };
        using var folder = new TemporaryFolder();
        written.Write(folder.File("a.npz"));
        var read = ChallengeCase.Read(folder.File("a.npz"));
        Assert.Equal(clicks, read.Clicks![0].Foreground);
        Assert.Equal(clicks, read.Clicks[1].Background);
        Assert.Equal(["fg", "bg"], read.ClicksOrder![0]);
        Assert.Equal([null], read.ClicksOrder[1]);
        Assert.Null(read.Boxes);
    }

    private static Dictionary<string, string> Members(string path)
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(path);
        return zip.Entries.ToDictionary(e => e.FullName, e =>
        {
            using var stream = e.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return Convert.ToHexString(memory.ToArray());
        });
    }
}
