using XlstmSam.Imaging;
using XlstmSam.Tests.Fixtures;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

public sealed class ChallengeTaskTests
{
    private static readonly ChallengeCase Case =
        ChallengeCase.Read(Path.Combine(FixtureRoot.OfRepository, "challenge", "challenge_case_pickled.npz"));

    [Fact]
    public void ACaseWithLabelsRunsThroughTheProtocol()
    {
        var task = ChallengeTask.Of(Case, Case, SpacingOrder.Array);
        Assert.Equal("challenge_case_pickled.npz", task.Image.CaseName);
        Assert.Equal(Case.Boxes, task.Boxes);
        var rounds = 0;
        var protocol = new ChallengeProtocol(TimeProvider.System) { Watch = _ => rounds++ };
        var result = protocol.Run(new BallSegmenter(), task);
        Assert.Equal(ChallengeResult.Rounds, rounds);
        Assert.Equal(task.Truth.Distinct().Count() - 1, result.Classes);
        protocol.Run(new BallSegmenter(), task with { Boxes = null });
        Assert.Equal(ChallengeResult.Rounds + ChallengeResult.Clicks, rounds);
    }

    [Fact]
    public void LabelsThatDoNotFitAreRefused()
    {
        var e = Assert.Throws<InvalidDataException>(() => ChallengeTask.ToLabels([0, 70000], "a.npz"));
        Assert.Contains("70000", e.Message, StringComparison.Ordinal);
    }
}
