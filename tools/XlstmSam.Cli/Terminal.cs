using XlstmSam.Cli.Text;

namespace XlstmSam.Cli;

/// <summary>Where a verb reads, prints results and reports progress. Tests give it strings.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress, warnings and errors.</param>
/// <param name="IsLive">True when <paramref name="Error"/> is a terminal that a progress bar can be redrawn on.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, bool IsLive, TimeProvider Clock)
{
    public static Terminal OfProcess() => new(Console.In, Console.Out, Console.Error, !Console.IsErrorRedirected, TimeProvider.System);

    /// <summary>Columns of the terminal, 80 when it does not say.</summary>
    public int Width
    {
        get
        {
            try
            {
                return IsLive && Console.WindowWidth > 20 ? Console.WindowWidth : 80;
            }
            catch (IOException)
            {
                return 80;
            }
        }
    }

    public void Print(string line) => Out.Write(line + "\n");

    public void Say(string line) => Error.Write(line + "\n");

    public void Warn(string line) => Error.Write($"Warning: {line}\n");

    public void Print(Table table)
    {
        foreach (var line in table.Lines())
        {
            Print(line);
        }
    }
}
