using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

public sealed class MersenneTwisterTests
{
    // The first outputs of numpy.random.RandomState(42).
    private static readonly uint[] Seed42 =
    [
        1608637542, 3421126067, 4083286876, 787846414, 3143890026, 3348747335, 2571218620, 2563451924, 670094950, 1914837113,
    ];

    [Fact]
    public void GivesTheOutputsOfSeed42()
    {
        var twister = new MersenneTwister(42);
        Assert.Equal(Seed42, Seed42.Select(_ => twister.NextUInt32()));
    }

    [Fact]
    public void GivesTheTenThousandthOutputOfTheDefaultSeed()
    {
        var twister = new MersenneTwister(5489);
        for (var i = 0; i < 9999; i++)
        {
            twister.NextUInt32();
        }

        Assert.Equal(4123659995u, twister.NextUInt32()); // stated by the C++ standard for mt19937
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    [InlineData(4097)]
    [InlineData(int.MaxValue)]
    public void ChoiceIsTheFirstMaskedOutputInRange(int count)
    {
        var mask = 0u;
        while (mask < (uint)count - 1)
        {
            mask = (2 * mask) + 1;
        }

        var expected = Seed42.Select(o => o & mask).First(o => o <= (uint)count - 1);
        Assert.Equal((int)expected, new MersenneTwister(42).Choice(count));
    }
}
