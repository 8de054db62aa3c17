using System.Text.Json;
using XlstmSam.Cli;

namespace XlstmSam.Tests.Cli;

public sealed class InfoTests
{
    [Theory]
    [InlineData("paper", 20_434_176)]
    [InlineData("small", 20_434_176)]
    [InlineData("paper-vil5", 19_420_600)]
    [InlineData("tiny", 1_190_580)]
    public void TheFirstKeyIsTheNumberOfParameters(string preset, long expected)
    {
        using var json = JsonDocument.Parse(EngineRun.Of("info", "--preset", preset, "--json").Ok().Out);
        var first = json.RootElement.EnumerateObject().First();
        Assert.Equal("parameters", first.Name);
        Assert.Equal(expected, first.Value.GetInt64());
        Assert.Equal(expected, json.RootElement.GetProperty("modules").EnumerateObject().Sum(module => module.Value.GetInt64()));
        Assert.True(json.RootElement.GetProperty("encoderMultiplyAdds").GetInt64() > json.RootElement.GetProperty("decoderMultiplyAdds").GetInt64());
    }

    [Fact]
    public void TheTreeShowsModulesAndPublishedShapes()
    {
        var lines = EngineRun.Of("info", "--preset", "tiny").Ok().Lines;
        Assert.StartsWith("module: parameters, multiply-adds", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("tiny: 1,190,580, ", lines[1], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("  image_encoder: ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("weight (8, 1, 3, 3, 3)", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("gaussian_matrix (3, 32) buffer", StringComparison.Ordinal));
        Assert.True(EngineRun.Of("info", "--preset", "tiny", "--depth", "1").Lines.Length < 12);
    }

    [Fact]
    public void DevicesTellProcessorMemoryAndVectors()
    {
        var run = EngineRun.Of("info", "--devices", "--threads", "1").Ok();
        Assert.StartsWith("cpu: ", run.Out, StringComparison.Ordinal);
        Assert.Contains("1 threads in use", run.Out, StringComparison.Ordinal);
        Assert.Contains("vectors", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void RecomputingLowersThePlannedMemory()
    {
        long Activations(string stages)
        {
            using var json = JsonDocument.Parse(EngineRun.Of("plan", "--preset", "tiny", "--recompute", stages, "--json").Ok().Out);
            return json.RootElement.GetProperty("activationBytes").GetInt64();
        }

        Assert.True(Activations("all") < Activations("none"));
    }

    [Fact]
    public void ThePlanCountsEveryPass()
    {
        var run = EngineRun.Of("plan", "--preset", "tiny", "--size", "16", "--batch", "1").Ok();
        Assert.Contains("grid 16x16x16, batch 1", run.Out, StringComparison.Ordinal);
        Assert.All(
            ["Conv3d", "MlstmScan", "Forward", "BackwardData", "BackwardWeight", "AdamW"], word => Assert.Contains(word, run.Out, StringComparison.Ordinal));
    }

    [Fact]
    public void WorkThatWouldNotFitIsRefusedBeforehand()
    {
        using var folder = new Imaging.TemporaryFolder();
        var run = EngineRun.Of("train", "--preset", "small", "--memory", "0.5", "--recompute", "none", "--out", folder.File("run"));
        Assert.Equal(ExitCode.NoResource, run.Code);
        Assert.Contains("'cpu' has 512.0 MiB free. Largest: image_encoder.", run.Error, StringComparison.Ordinal);
        Assert.Contains("Try --recompute", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void VerifyPrintsErrorAgainstBound()
    {
        var run = EngineRun.Of("verify", "--filter", "AdamW").Ok();
        Assert.Contains(run.Lines, line => line.StartsWith("ok   AdamW", StringComparison.Ordinal) && line.Contains(" of ", StringComparison.Ordinal));
        Assert.EndsWith(" 0 failed", run.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(2, EngineRun.Of("verify", "--filter", "AdamW", "--quiet").Ok().Lines.Length);
    }
}
