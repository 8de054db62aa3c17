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
        Assert.Equal("tiny", json.RootElement.GetProperty("preset").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("device").GetProperty("threads").GetInt32());
        var rows = json.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["forward", "forward, backward"], rows.Select(row => row.GetProperty("pass").GetString()));
        Assert.Equal([2L * 512 * 96 * 192, 6L * 512 * 96 * 192], rows.Select(row => row.GetProperty("flops").GetInt64()));
        Assert.All(rows, row => Assert.True(row.GetProperty("medianMs").GetDouble() > 0 && row.GetProperty("runs").GetInt32() >= 3));
    }

    [Theory]
    [InlineData("encoder")]
    [InlineData("one click")]
    public void TheWholeModelIsTimedToo(string row) =>
        Assert.Equal(3, EngineRun.Of("bench", "--filter", row).Ok().Lines.Length);
}
