using XlstmSam.Tests.Fixtures;

namespace XlstmSam.Tests.Training;

/// <summary>The protocol against traces made with the challenge's own code, over all traces of the fixture folder.</summary>
public sealed class ChallengeFixtureTests(ITestOutputHelper output)
{
    [Fact]
    public void EveryTraceIsReproduced()
    {
        var outcomes = ChallengeFixtures.Run(FixtureRoot.Path).ToArray();
        foreach (var outcome in outcomes)
        {
            output.WriteLine($"{(outcome.Passed ? "passed" : "FAILED")} {outcome.Name}: {outcome.Message}");
        }

        Assert.NotEmpty(outcomes);
        Assert.All(outcomes, o => Assert.True(o.Passed, $"{o.Name}: {o.Message}"));
    }

    [Fact]
    public void AFolderWithoutTracesFails()
    {
        var outcome = Assert.Single(ChallengeFixtures.Run(Path.GetTempPath()));
        Assert.False(outcome.Passed);
    }
}
