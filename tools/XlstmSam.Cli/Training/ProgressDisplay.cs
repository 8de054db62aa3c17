using XlstmSam.Cli.Text;
using XlstmSam.Training;

namespace XlstmSam.Cli.Training;

/// <summary>Shows how training goes: a bar redrawn in place on a terminal, else a plain line every ten seconds and at validations.</summary>
internal sealed class ProgressDisplay(Terminal terminal) : ITrainingObserver
{
    private const int BarWidth = 20;
    private readonly Throttle throttle = new(terminal.Clock, terminal.IsLive ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(10));
    private int drawn;

    public void OnStep(StepReport report)
    {
        var passes = throttle.Passes();
        if (!passes && report.Step != report.Steps)
        {
            return;
        }

        if (terminal.IsLive)
        {
            Draw($"{Bar(report.Step, report.Steps)} {Line(report)}");
        }
        else
        {
            terminal.Say(Line(report));
        }
    }

    public void OnValidation(ValidationReport report)
    {
        Clear();
        terminal.Say(
            $"step {report.Step} validation: DSC {Units.Fixed(report.Dsc, 3)} after five clicks, {Units.Fixed(report.FirstDsc, 3)} after one, NSD {Units.Fixed(report.Nsd, 3)}, {report.Prompts} objects{(report.IsBest ? ", the best so far" : "")}");
    }

    /// <summary>Removes the bar, so that other text starts on a clean line.</summary>
    public void Clear()
    {
        if (drawn > 0)
        {
            terminal.Error.Write($"\r{new string(' ', drawn)}\r");
            drawn = 0;
        }
    }

    private static string Line(StepReport r) =>
        $"step {r.Step}/{r.Steps} loss {Units.Fixed(r.Loss, 3)} dice {Units.Fixed(r.FirstDice, 3)} > {Units.Fixed(r.Dice, 3)} drop {Units.Fixed(r.Drop, 3)} lr {Units.Scientific(r.LearningRate)} {Units.Fixed(r.SamplesPerSecond, 1)} samples/s left {Units.Duration(r.Left)} mem {Units.Bytes(Environment.WorkingSet)}";

    private static string Bar(long step, long steps)
    {
        var filled = (int)(BarWidth * step / Math.Max(1, steps));
        return $"[{new string('#', filled)}{new string('.', BarWidth - filled)}]";
    }

    private void Draw(string line)
    {
        var shown = line[..Math.Min(line.Length, terminal.Width - 1)];
        terminal.Error.Write($"\r{shown.PadRight(drawn)}");
        drawn = shown.Length;
    }
}
