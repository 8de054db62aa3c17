using System.Text.Json;
using XlstmSam.Benchmarks.Measuring;
using XlstmSam.Benchmarks.Reports;
using XlstmSam.Benchmarks.Works;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Measuring;
using XlstmSam.Models;
using XlstmSam.Tests.Imaging;

namespace XlstmSam.Tests.Benchmarks;

public sealed class BenchmarkTests
{
    private static readonly string[] Fields =
    [
        "name", "shape", "preset", "peer", "ours_ms", "peer_ms", "ours_cpu_ms", "peer_cpu_ms", "ratio", "ours_peak_bytes", "peer_peak_bytes",
    ];

    [Fact]
    public void AReportHasTheFieldsItsReadersExpect()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "report.json");
        new Report("a machine", [new("one", "1x2", "paper", "libtorch", 2, 6, 4, 11, 3, OursPeakBytes: 5)]).Save(path);
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal("a machine", json.RootElement.GetProperty("machine").GetString());
        var row = Assert.Single(json.RootElement.GetProperty("rows").EnumerateArray());
        Assert.Equal(Fields, row.EnumerateObject().Select(field => field.Name));
        Assert.Equal(3, row.GetProperty("ratio").GetDouble());
        Assert.Equal(5, row.GetProperty("ours_peak_bytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("peer_peak_bytes").ValueKind);
    }

    /// <summary>Else ./test and ./xsam-engine would download libtorch.</summary>
    [Fact]
    public void OnlyThePeerProjectKnowsLibtorchAndTheSolutionDoesNotKnowThePeerProject()
    {
        var root = SharedData.RepositoryRoot;
        Assert.DoesNotContain("XlstmSam.Peers", File.ReadAllText(Path.Combine(root, "XlstmSam.sln")), StringComparison.Ordinal);
        var projects = Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories).Where(
            path => File.ReadAllText(path).Contains("torch", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("XlstmSam.Peers.csproj", Path.GetFileName(Assert.Single(projects)));
    }

    [Fact]
    public void NoTwoRowsHaveTheSameName() =>
        Assert.Empty(WorkCatalog.All.GroupBy(work => work.Name).Where(works => works.Count() > 1).Select(works => works.Key));

    [Fact]
    public void NoTimeIsShorterThanItsCall()
    {
        var timings = Stopclock.InTurns(new(TimeSpan.Zero, FewestRounds: 3), () => Thread.Sleep(10), () => Thread.Sleep(60));
        Assert.True(timings[0].Minimum >= 9 && timings[1].Minimum >= 59 && timings[1].Median >= timings[1].Minimum, $"{timings[0]} {timings[1]}");
    }

    [Fact]
    public void ClicksAreLabelledAsTheTargetIs()
    {
        var inputs = ModelInputs.Of(32);
        Assert.Equal(11, inputs.Rounds.Count);
        Assert.Equal([5, 10], Enumerable.Range(0, 11).Where(round => inputs.Rounds[round].IsEmpty));
        foreach (var click in inputs.Rounds.Where(round => !round.IsEmpty))
        {
            var voxel = (((int)click.Points[0] * 32) + (int)click.Points[1]) * 32 + (int)click.Points[2];
            Assert.Equal(inputs.Target[voxel], click.Labels[0]);
        }

        Assert.Equal([0, 1], inputs.Rounds.SelectMany(round => round.Labels).Distinct().Order());
    }

    [Fact]
    public void TheMeasuredStepLearns()
    {
        using var backend = new CpuBackend(threads: 2);
        using var model = new ModelHarness(Presets.Get("tiny"), backend, training: true);
        var inputs = ModelInputs.Of(32);
        var first = model.Step(inputs);
        model.Step(inputs);
        Assert.InRange(model.Step(inputs), 0, 0.98 * first);
    }
}
