using XlstmSam.Imaging;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

public sealed class BoxGeneratorTests
{
    private static readonly Size3 Size = new(512, 20, 10);

    // Label 4 is wide in slice 2, one voxel in slices 5 and 6; label 9 is one voxel at a corner.
    private static ushort[] Labels()
    {
        var labels = new ushort[Size.Count];
        Array.Fill(labels, (ushort)4, Index(100, 3, 2), 50);
        (labels[Index(120, 8, 5)], labels[Index(130, 9, 6)]) = (4, 4);
        labels[Index(511, 19, 9)] = 9;
        return labels;
    }

    [Fact]
    public void TakesTheMiddleOfTheSlicesThatHoldTheObject() => Assert.Equal(
        [new(2, 6, 5, 120, 8, 120, 8), new(9, 9, 9, 511, 19, 511, 19)], BoxGenerator.Generate(Labels(), Size));

    [Fact]
    public void TheEarlierRuleTakesTheSliceOfTheMiddleVoxel() => Assert.Equal(
        new ChallengeBox(2, 6, 2, 100, 3, 149, 3), BoxGenerator.Generate(Labels(), Size, MiddleSlice.OfVoxels)[0]);

    [Fact]
    public void EnlargementScalesWithTheSliceAndStaysInside()
    {
        var twister = new MersenneTwister(BoxGenerator.OfficialSeed);
        var shifts = new[] { twister.Choice(6), twister.Choice(6) };
        var boxes = BoxGenerator.Generate(Labels(), Size, enlargement: new(BoxGenerator.OfficialSeed));
        Assert.Equal(new ChallengeBox(2, 6, 5, 120 - (2 * shifts[0]), 8, 120 + (2 * shifts[0]), 8), boxes[0]);
        Assert.Equal(new ChallengeBox(9, 9, 9, 511 - (2 * shifts[1]), 19, 511, 19), boxes[1]);
    }

    [Fact]
    public void TheSmallestLabelIsDroppedWhateverItIs()
    {
        ushort[] labels = [3, 3, 5, 5];
        Assert.Equal([new(0, 0, 0, 2, 0, 3, 0)], BoxGenerator.Generate(labels, new(4, 1, 1)));
        Assert.Empty(BoxGenerator.Generate(new ushort[4], new(4, 1, 1)));
    }

    [Fact]
    public void MicroscopyHasNoBoxes()
    {
        Assert.False(BoxGenerator.HasBoxes("Microscopy_nuclei_3.npz"));
        Assert.True(BoxGenerator.HasBoxes("CT_abdomen.npz"));
    }

    private static int Index(int x, int y, int z) => x + (Size.X * (y + (Size.Y * z)));
}
