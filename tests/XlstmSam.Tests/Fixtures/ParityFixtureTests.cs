using XlstmSam.Tests.Imaging;

namespace XlstmSam.Tests.Fixtures;

/// <summary>Every parity case of the fixture folder through the float32 engine.</summary>
public sealed class ParityFixtureTests(ITestOutputHelper output)
{
    [Fact]
    public void EveryCaseAgreesWithTheReference()
    {
        var outcomes = ParityFixtures.Run(FixtureRoot.Path).ToArray();
        foreach (var outcome in outcomes)
        {
            output.WriteLine(outcome.ToString());
        }

        Assert.DoesNotContain(outcomes, o => o.Failed);
        Assert.Contains(outcomes, o => o.Status == FixtureStatus.Passed);
    }

    [Fact]
    public void AnUnknownKindFails()
    {
        using var root = new TemporaryFolder();
        var parity = Directory.CreateDirectory(Path.Combine(root.Path, "parity")).FullName;
        File.Copy(Path.Combine(FixtureRoot.OfRepository, "parity", "softmax.f64.safetensors"), Path.Combine(parity, "maxsoft.f64.safetensors"));
        Assert.True(Assert.Single(ParityFixtures.Run(root.Path)).Failed);
    }

    [Fact]
    public void AnEmptyFolderFails()
    {
        using var root = new TemporaryFolder();
        Assert.True(Assert.Single(ParityFixtures.Run(root.Path)).Failed);
    }
}
