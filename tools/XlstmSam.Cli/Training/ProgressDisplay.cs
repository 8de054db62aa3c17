using XlstmSam.Cli.Text;
using XlstmSam.Training;

namespace XlstmSam.Cli.Training;

/// <summary>Shows how training goes: a bar redrawn in place on a terminal, else a plain line every ten seconds and at validations.</summary>
/// <param name="takenBytes">The memory that is taken now.</param>
internal sealed class ProgressDisplay(Terminal terminal, Func<long> takenBytes) : ITrainingObserver
{
    private const int LeastBar = 5;
    private const int MostBar = 30;
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
            Draw(report);
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
            $"step {report.Step} validation: DSC {Units.Fixed(report.Dsc, 3)} after five clicks, {Units.Fixed(report.FirstDsc, 3)} after one, NSD " +
            $"{Units.Fixed(report.Nsd, 3)}, {report.Prompts} objects{(report.IsBest ? ", the best so far" : "")}");
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

    private string Line(StepReport r) =>
        $"step {r.Step}/{r.Steps} loss {Units.Fixed(r.Loss, 3)} dice {Units.Fixed(r.FirstDice, 3)} > {Units.Fixed(r.Dice, 3)} drop {Units.Fixed(r.Drop, 3)} " +
        $"lr {Units.Scientific(r.LearningRate)} {Units.Fixed(r.SamplesPerSecond, 1)} samples/s left {Units.Duration(r.Left)} mem {Units.Bytes(takenBytes())}";

    /// <summary>The same in few letters, so that it fits 80 columns beside a bar: prompts per second, time left, memory.</summary>
    private string Short(StepReport r) =>
        $"{r.Step}/{r.Steps} loss {Units.Fixed(r.Loss, 3)} dice {Units.Fixed(r.FirstDice, 2)}>{Units.Fixed(r.Dice, 2)} drop {Units.Fixed(r.Drop, 2)} lr " +
        $"{Units.Short(r.LearningRate)} {Units.Fixed(r.SamplesPerSecond, 1)}/s {Units.Duration(r.Left)} {Units.Fixed(takenBytes() / (double)(1L << 30), 1)}G";

    private static string Bar(long step, long steps, int width)
    {
        var filled = (int)(width * step / Math.Max(1, steps));
        return $"[{new string('#', filled)}{new string('.', width - filled)}] ";
    }

    private void Draw(StepReport report)
    {
        var line = Short(report);
        var room = Math.Min(MostBar, terminal.Width - 1 - line.Length - Bar(0, 0, 0).Length);
        line = room < LeastBar ? line : Bar(report.Step, report.Steps, room) + line;
        var shown = line[..Math.Min(line.Length, terminal.Width - 1)];
        terminal.Error.Write($"\r{shown.PadRight(drawn)}");
        drawn = shown.Length;
    }
}
