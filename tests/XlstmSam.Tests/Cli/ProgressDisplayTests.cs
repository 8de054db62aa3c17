using XlstmSam.Cli;
using XlstmSam.Cli.Training;
using XlstmSam.Training;

namespace XlstmSam.Tests.Cli;

public sealed class ProgressDisplayTests
{
    private static readonly StepReport Step = new(123, 450, 0.987, 0.71, 0.8, 0.45, 2e-3, 1.2, 3.2, TimeSpan.FromSeconds(125), 1 << 20);

    [Fact]
    public void OnATerminalABarFitsEightyColumns()
    {
        var text = Shown(isLive: true);
        Assert.StartsWith("\r[#", text, StringComparison.Ordinal);
        Assert.True(text.Length <= 80, text);
        Assert.Contains("123/450 loss 0.987 dice 0.71>0.80 drop 0.45 lr 2E-3 3.2/s 2m05s ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ElsewhereALineSaysItAll()
    {
        var text = Shown(isLive: false);
        Assert.DoesNotContain('\r', text);
        Assert.StartsWith(
            "step 123/450 loss 0.987 dice 0.710 > 0.800 drop 0.450 lr 2.0E-3 3.2 samples/s left 2m05s mem 1.00 GiB", text, StringComparison.Ordinal);
    }

    private static string Shown(bool isLive)
    {
        using var error = new StringWriter();
        new ProgressDisplay(new Terminal(TextReader.Null, TextWriter.Null, error, isLive, TimeProvider.System), () => 1 << 30).OnStep(Step);
        return error.ToString();
    }
}
