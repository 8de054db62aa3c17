using XlstmSam.Imaging;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

public sealed class ChallengeProtocolTests
{
    private static readonly Size3 Size = new(6, 5, 4);
    private static readonly ChallengeImage Image = new("CT_case.npz", new(new(Size, Affine3.Identity), new float[Size.Count]));
    private static readonly ushort[] Truth = [.. Masks.Where(Size, static (x, _, _) => x < 3).Select(static v => (ushort)(2 * v))];

    [Fact]
    public void WithoutBoxesTheFirstRoundScoresNothing()
    {
        var rounds = new List<ChallengeRound>();
        var result = Run(r => { rounds.Add(r); return Truth; }, boxes: null);
        Assert.Equal([1, 2, 3, 4, 5], rounds.Select(static r => r.Number));
        Assert.All(rounds[0].PreviousPrediction!, static l => Assert.Equal(0, l));
        Assert.Equal([0, 1, 1, 1, 1, 1], result.Dsc);
        Assert.Equal([0, 1, 1, 1, 1, 1], result.Nsd);
        Assert.Equal((4, 4, 1, 1), (result.DscAuc, result.NsdAuc, result.DscFinal, result.NsdFinal));
        Assert.Equal(["fg", null, null, null, null], rounds[4].Classes[0].Order);
    }

    [Fact]
    public void WithBoxesTheBoxRoundComesFirstAndBoxesStay()
    {
        var rounds = new List<ChallengeRound>();
        Run(r => { rounds.Add(r); return null; }, BoxGenerator.Generate(Truth, Size));
        Assert.Equal([0, 1, 2, 3, 4, 5], rounds.Select(static r => r.Number));
        Assert.Null(rounds[0].PreviousPrediction);
        Assert.All(rounds, static r => Assert.Equal(new ChallengeBox(0, 3, 2, 0, 0, 2, 4), r.Classes[0].Box));
        Assert.Equal(Enumerable.Range(0, 6), rounds.Select(static r => r.Classes[0].Clicks.Count));
    }

    [Fact]
    public void NoResultKeepsThePreviousPrediction()
    {
        var result = Run(r => r.Number == 1 ? Truth : null, boxes: null);
        Assert.Equal([0, 1, 1, 1, 1, 1], result.Dsc);
    }

    [Fact]
    public void OnlyTheSegmenterIsTimedAndTheLimitIsForTheWholeCase()
    {
        var clock = new ManualClock();
        ushort[] Slow(ChallengeRound round)
        {
            clock.Seconds += 20;
            return Truth;
        }

        var result = new ChallengeProtocol(clock).Run(new Segmenter(Slow), new(Image, Truth, null));
        Assert.Equal([0, 20, 20, 20, 20, 20], result.Seconds);
        Assert.Equal((100, 90, true, 100), (result.TotalSeconds, result.TimeLimit, result.ExceedsTimeLimit, result.SecondsPerClass));
        Assert.Equal(1, result.DscFinal);
        var ranked = new ChallengeProtocol(clock, TimeLimitRule.Zero).Run(new Segmenter(Slow), new(Image, Truth, null));
        Assert.Equal((0, 0, 0, 0, 100), (ranked.DscFinal, ranked.NsdFinal, ranked.DscAuc, ranked.NsdAuc, ranked.TotalSeconds));
    }

    [Fact]
    public void TruthWithoutForegroundIsNotANumber()
    {
        var result = new ChallengeProtocol(TimeProvider.System).Run(new Segmenter(static _ => null), new(Image, new ushort[Size.Count], null));
        Assert.Equal((0, double.NaN, 0), (result.Classes, result.DscFinal, result.NsdFinal));
    }

    [Fact]
    public void LabelsAbove255ComeBackAsBytes()
    {
        ushort[]? seen = null;
        Run(r => { seen = r.PreviousPrediction; return Array.ConvertAll(Truth, static l => (ushort)(l + 256)); }, boxes: null);
        Assert.Equal(Truth, seen);
    }

    [Fact]
    public void APredictionOfAnotherSizeIsRefused()
    {
        var e = Assert.Throws<InvalidDataException>(() => Run(static _ => new ushort[7], boxes: null));
        Assert.Contains("7 voxels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingClassScoresZeroAndLowDiceHasNoSurfaceDice()
    {
        ushort[] truth = [.. Truth.Select(static (l, i) => i == 5 ? (ushort)7 : l)];
        var score = RoundScore.Of(truth, new(truth, Size), Truth, Size, new(1, 1, 1));
        Assert.Equal(new RoundScore(0.5, 0.5), score);
        var poor = Array.ConvertAll(Masks.Where(Size, static (x, y, z) => (x, y, z) is (0, 0, 0)), static v => (ushort)(2 * v));
        Assert.Equal(new RoundScore(2.0 / 61, 0), RoundScore.Of(Truth, new(Truth, Size), poor, Size, new(1, 1, 1)));
    }

    private static ChallengeResult Run(Func<ChallengeRound, ushort[]?> predict, IReadOnlyList<ChallengeBox>? boxes) =>
        new ChallengeProtocol(TimeProvider.System).Run(new Segmenter(predict), new(Image, Truth, boxes));

    private sealed class Segmenter(Func<ChallengeRound, ushort[]?> predict) : IInteractiveSegmenter
    {
        public ushort[]? Predict(ChallengeRound round) => predict(round);
    }

    private sealed class ManualClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
