using System.Text.Json;
using XlstmSam.Tests.Imaging;

namespace XlstmSam.Tests.Cli;

public sealed class BenchTests
{
    /// <summary>A product of 512 x 96 by 96 x 192 is 2 * 512 * 96 * 192 operations, and three times that with both gradients.</summary>
    [Fact]
    public void RowsTellTimeAndCost()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("rows.json");
        var run = EngineRun.Of("bench", "--filter", "linear", "--threads", "1", "--json", file).Ok();
        Assert.Contains(run.Lines, line => line.StartsWith("linear  ", StringComparison.Ordinal));

        using var json = JsonDocument.Parse(File.ReadAllText(file));
        Assert.Equal("tiny", json.RootElement.GetProperty("model").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("device").GetProperty("threads").GetInt32());
        var rows = json.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["forward", "forward, backward"], rows.Select(row => row.GetProperty("pass").GetString()));
        Assert.Equal([2L * 512 * 96 * 192, 6L * 512 * 96 * 192], rows.Select(row => row.GetProperty("flops").GetInt64()));
        Assert.All(rows, row => Assert.True(row.GetProperty("medianMs").GetDouble() > 0 && row.GetProperty("runs").GetInt32() >= 3));
        Assert.Equal(
            rows[0].GetProperty("gflopPerSecond").GetDouble() / json.RootElement.GetProperty("productGflopPerSecond").GetDouble(), rows[0].GetProperty("ofProductRate").GetDouble(), 1e-9);
        Assert.True(json.RootElement.GetProperty("copyGigabytesPerSecond").GetDouble() > 0);
    }

    [Thorough]
    [Theory]
    [InlineData("encoder")]
    [InlineData("one click")]
    public void TheWholeModelIsTimedToo(string row) =>
        Assert.Equal(4, EngineRun.Of("bench", "--filter", row).Ok().Lines.Length);

    /// <summary>What another program needs to do the same: the weights, and two losses of one training.</summary>
    [Thorough]
    [Fact]
    public void APeerGetsWeightsAndLosses()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("small.json"), """{ "preset": "tiny", "model": { "size": [16, 16, 16] } }""");
        EngineRun.Of("bench", "--config", folder.File("small.json"), "--seconds", "0.01", "--peer", folder.Path, "--json", folder.File("rows.json")).Ok();
        using var json = JsonDocument.Parse(File.ReadAllText(folder.File("rows.json")));
        Assert.Equal(["encoder", "one click", "training step, fixed clicks"], json.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("name").GetString()));
        var losses = json.RootElement.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble()).ToArray();
        Assert.Equal(2, losses.Length);
        Assert.True(losses[1] < losses[0]);
        EngineRun.Of("info", "--model", folder.File("weights.safetensors"), "--depth", "0").Ok();
    }

    [Thorough]
    [Fact]
    public void TrainingStepsOfTheBatchesThatAreAskedFor()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("small.json"), """{ "preset": "tiny", "model": { "size": [16, 16, 16] }, "training": { "targets": 1, "rounds": 1 } }""");
        EngineRun.Of("bench", "--config", folder.File("small.json"), "--filter", "training step", "--batch", "1,3", "--seconds", "0.01", "--json", folder.File("rows.json")).Ok();
        using var json = JsonDocument.Parse(File.ReadAllText(folder.File("rows.json")));
        var rows = json.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal([1, 3], rows.Select(row => row.GetProperty("batch").GetInt32()));
        Assert.All(rows, row => Assert.Equal(1e3 * row.GetProperty("batch").GetInt32() / row.GetProperty("medianMs").GetDouble(), row.GetProperty("samplesPerSecond").GetDouble(), 1e-6));
        Assert.Contains("'0' is not a number of images", EngineRun.Of("bench", "--batch", "1,0").Error, StringComparison.Ordinal);
    }
}
