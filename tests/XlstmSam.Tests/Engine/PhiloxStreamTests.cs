using XlstmSam.Engine.Streams;

namespace XlstmSam.Tests.Engine;

public sealed class PhiloxStreamTests
{
    private const int Draws = 200_000;

    [Fact]
    public void SeekReachesAnyWord()
    {
        var stream = Stream();
        var words = new uint[23];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = stream.NextUInt32();
        }

        for (var i = words.Length - 1; i >= 0; i--)
        {
            stream.Seek((ulong)i);
            Assert.Equal(words[i], stream.NextUInt32());
            Assert.Equal((ulong)i + 1, stream.Position);
        }
    }

    [Fact]
    public void EveryPartOfTheNameChangesTheStream()
    {
        RandomStream[] streams =
        [
            Stream(),
            RandomStream.Create(8, StreamPurpose.Test, 3, 4),
            RandomStream.Create(7, StreamPurpose.Crop, 3, 4),
            RandomStream.Create(7, StreamPurpose.Test, 4, 4),
            RandomStream.Create(7, StreamPurpose.Test, 3, 5),
            RandomStream.Create(7 + (1UL << 40), StreamPurpose.Test, 3, 4),
            RandomStream.Create(7, StreamPurpose.Test, 3, 4 + (1L << 40)),
        ];
        var firsts = new HashSet<ulong>();
        for (var i = 0; i < streams.Length; i++)
        {
            Assert.True(firsts.Add(((ulong)streams[i].NextUInt32() << 32) | streams[i].NextUInt32()));
        }
    }

    [Fact]
    public void EpochOutsideThirtyTwoBitsIsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomStream.Create(1, StreamPurpose.Test, 1L << 32));

    [Fact]
    public void UniformsStayInTheHalfOpenUnitInterval()
    {
        var stream = Stream();
        var sum = 0.0;
        for (var i = 0; i < Draws; i++)
        {
            var (single, wide) = (stream.NextFloat(), stream.NextDouble());
            Assert.True(single is >= 0 and < 1 && wide is >= 0 and < 1);
            sum += single + wide;
        }

        Assert.Equal(1, sum / Draws, 0.005);
    }

    [Fact]
    public void NormalsHaveTheirMoments()
    {
        var stream = Stream();
        var filled = new float[Draws + 1];
        stream.FillNormal(filled);
        var (sum, squares, fourths) = (0.0, 0.0, 0.0);
        for (var i = 0; i < Draws; i++)
        {
            var single = (double)stream.Normal();
            sum += single + filled[i];
            squares += (single * single) + (filled[i] * filled[i]);
            fourths += Math.Pow(single, 4) + Math.Pow(filled[i], 4);
        }

        // Five standard errors of 2 * Draws values.
        Assert.Equal(0, sum / (2 * Draws), 0.008);
        Assert.Equal(1, squares / (2 * Draws), 0.012);
        Assert.Equal(3, fourths / (2 * Draws), 0.08);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(9.9)]
    [InlineData(10)]
    [InlineData(47.5)]
    [InlineData(3000)]
    public void PoissonMeanAndVarianceAreEqual(double mean)
    {
        var stream = Stream();
        var (sum, squares) = (0.0, 0.0);
        for (var i = 0; i < Draws; i++)
        {
            var deviation = stream.Poisson(mean) - mean;
            sum += deviation;
            squares += deviation * deviation;
        }

        Assert.Equal(0, sum / Draws, 1e-9 + (5 * Math.Sqrt(mean / Draws)));
        Assert.Equal(mean, squares / Draws, 1e-9 + (5 * Math.Sqrt(((2 * mean * mean) + mean) / Draws)));
    }

    [Fact]
    public void PoissonFollowsItsProbabilities()
    {
        const double Mean = 12;
        var stream = Stream();
        var counts = new int[60];
        for (var i = 0; i < Draws; i++)
        {
            counts[Math.Min(stream.Poisson(Mean), 59)]++;
        }

        var probability = Math.Exp(-Mean);
        for (var count = 0; count < 40; count++)
        {
            Assert.Equal(probability, (double)counts[count] / Draws, 1e-5 + (5 * Math.Sqrt(probability / Draws)));
            probability *= Mean / (count + 1);
        }
    }

    [Fact]
    public void WholeNumbersAreEquallyLikely()
    {
        var stream = Stream();
        var counts = new int[7];
        for (var i = 0; i < Draws; i++)
        {
            counts[stream.Int(counts.Length)]++;
        }

        Assert.All(counts, count => Assert.Equal(Draws / 7.0, count, 5 * Math.Sqrt(Draws / 7.0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Int(0));
    }

    [Fact]
    public void ShuffleKeepsEveryItemAndReachesEveryOrder()
    {
        var stream = Stream();
        var orders = new HashSet<string>();
        for (var i = 0; i < 500; i++)
        {
            var items = "abcd".ToCharArray();
            stream.Shuffle(items.AsSpan());
            orders.Add(new string(items));
        }

        Assert.Equal(24, orders.Count);
    }

    [Fact]
    public void BernoulliKeepsItsShare()
    {
        var stream = Stream();
        var hits = 0;
        for (var i = 0; i < Draws; i++)
        {
            hits += stream.Bernoulli(0.2) ? 1 : 0;
        }

        Assert.Equal(0.2, (double)hits / Draws, 0.005);
    }

    private static RandomStream Stream() => RandomStream.Create(7, StreamPurpose.Test, 3, 4);
}
