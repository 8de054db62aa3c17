using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using XlstmSam.Cli;
using XlstmSam.Training;

namespace XlstmSam.Tests.Cli;

/// <summary>What the program says it needs, what it does to need less, and what it then takes.</summary>
[Thorough]
public sealed partial class MemoryTests(PhantomFiles files) : IClassFixture<PhantomFiles>
{
    private const string AllStages = "stem,0,1,2,3,4";

    [Fact]
    public void TheLeastWorkThatFitsIsRecomputed()
    {
        var (none, all) = (Plan("small", "--recompute", "none"), Plan("small", "--recompute", AllStages));
        Assert.Equal("none", Plan("small", "--memory", GiB(none.Bytes)).Stages);
        var limit = (none.Bytes + all.Bytes) / 2;
        var chosen = Plan("small", "--memory", GiB(limit));
        Assert.NotEqual("none", chosen.Stages);
        Assert.InRange(chosen.Bytes, 1, limit);
        foreach (var other in new[] { "stem", "0", "1", "2", "3", "4", "stem,0", "stem,1", "0,1" }.Select(stages => Plan("small", "--recompute", stages)))
        {
            Assert.True(other.Bytes > limit || other.Flops >= chosen.Flops, $"{other} fits {limit} with less work than {chosen}");
        }

        var text = EngineRun.Of("plan", "--preset", "small", "--memory", GiB(limit)).Ok().Out;
        Assert.Contains($"Recompute {chosen.Stages}: without it training needs", text, StringComparison.Ordinal);
        Assert.Contains("training fits", text, StringComparison.Ordinal);
        var little = EngineRun.Of("plan", "--preset", "small", "--memory", "0.3").Ok().Out;
        Assert.Contains("even so training needs", little, StringComparison.Ordinal);
        Assert.Contains("does not fit", little, StringComparison.Ordinal);
    }

    [Fact]
    public void TheChoiceIsPartOfTheRun()
    {
        File.WriteAllText(files.File("run.json"), """{ "preset": "tiny", "training": { "steps": 2, "batch": 8, "targets": 1, "rounds": 1, "validationCases": 1 } }""");
        long Planned(string stages) => Plan(["--config", files.File("run.json"), "--recompute", stages]).Bytes;
        var run = files.File("chosen");
        var started = EngineRun.Cancelled(
            "train", "--data", files.Data, "--config", files.File("run.json"), "--out", run, "--cache", "none", "--memory", GiB((Planned("none") + Planned("all")) / 2));
        Assert.Equal(ExitCode.Interrupted, started.Code);
        var stages = new RunFolder(run).ReadState().Config.Training.Recompute;
        Assert.NotEmpty(stages!);
        var resumed = EngineRun.Of("train", "--resume", run, "--cache", "none").Ok();
        Assert.Contains("as configured", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(stages, new RunFolder(run).ReadState().Config.Training.Recompute);
    }

    [Fact]
    public void NothingThatFitsIsRefusedWithTheLeastThatWould()
    {
        var least = Plan("small", "--memory", "0.3").Bytes;
        var run = EngineRun.Of("train", "--preset", "small", "--memory", "0.3", "--out", files.File("never"));
        Assert.Equal(ExitCode.NoResource, run.Code);
        Assert.Contains($"Training step needs {Units.Bytes(least)} at patch 64x64x64, batch 1, recompute stem", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TheScanCounts()
    {
        var segment = EngineRun.Of("segment", "--model", files.Model, "--image", files.Npz, "--point", "20,30,15", "--memory", "0.1", "--out", files.File("m.npz"));
        var evaluate = EngineRun.Of("evaluate", "--model", files.Model, "--data", files.Data, "--memory", "0.1");
        foreach (var run in new[] { segment, evaluate })
        {
            Assert.Equal(ExitCode.NoResource, run.Code);
            Assert.Matches(@"scan [1-9][0-9.]* [KM]iB", run.Error);
        }
    }

    [Fact]
    public async Task TrainingKeepsToItsPlan()
    {
        var start = new ProcessStartInfo("dotnet", [
            Path.Combine(AppContext.BaseDirectory, "xsam-engine.dll"), "train", "--data", files.Data, "--preset", "tiny", "--steps", "3", "--cache", "none", "--out", files.File("child")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync();
        var error = await child.StandardError.ReadToEndAsync();
        await output;
        await child.WaitForExitAsync();
        var line = PeakLine().Match(error);
        Assert.True(line.Success, error);
        var (peak, planned) = (Bytes(line.Groups[1].Value, line.Groups[2].Value), Bytes(line.Groups[3].Value, line.Groups[4].Value));
        Assert.InRange(peak, 32 << 20, planned);
    }

    [Fact]
    public void InferenceTellsItsPeakToWhoAsks()
    {
        var arguments = new[] { "segment", "--model", files.Model, "--image", files.Nifti, "--point", "20,30,15", "--out", files.File("peak.nii") };
        Assert.DoesNotContain("Peak memory", EngineRun.Of(arguments).Ok().Error, StringComparison.Ordinal);
        Assert.Matches(PeakLine(), EngineRun.Of([.. arguments, "--verbose"]).Ok().Error);
    }

    [GeneratedRegex(@"Peak memory ([0-9.]+) (\w+) of ([0-9.]+) (\w+) planned\.")]
    private static partial Regex PeakLine();

    private static double Bytes(string number, string unit) => double.Parse(number, CultureInfo.InvariantCulture) * (unit == "GiB" ? 1 << 30 : unit == "MiB" ? 1 << 20 : 1 << 10);

    // A power of two divides exactly, so what was planned fits.
    private static string GiB(long bytes) => (bytes / (double)(1L << 30)).ToString("R", CultureInfo.InvariantCulture);

    private static (string Stages, long Bytes, long Flops) Plan(string preset, params string[] arguments) => Plan(["--preset", preset, .. arguments]);

    private static (string Stages, long Bytes, long Flops) Plan(string[] arguments)
    {
        using var json = JsonDocument.Parse(EngineRun.Of(["plan", "--json", .. arguments]).Ok().Out);
        var root = json.RootElement;
        return (root.GetProperty("recompute").GetString()!, root.GetProperty("trainingPeakBytes").GetInt64(), root.GetProperty("step").GetProperty("flops").GetInt64());
    }
}
