using XlstmSam.Tests.Fixtures;
using XlstmSam.Tests.Imaging;

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
            output.WriteLine(outcome.ToString());
        }

        Assert.NotEmpty(outcomes);
        Assert.DoesNotContain(outcomes, o => o.Failed);
    }

    [Fact]
    public void AFolderWithoutTracesFails()
    {
        using var folder = new TemporaryFolder();
        Assert.Single(ChallengeFixtures.Run(folder.Path), outcome => outcome.Failed);
    }
}
