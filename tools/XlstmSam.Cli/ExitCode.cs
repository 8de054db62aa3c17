namespace XlstmSam.Cli;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The command was right, the work failed.</summary>
    public const int Failed = 1;

    /// <summary>An option or an input file is not what it should be.</summary>
    public const int BadInput = 2;

    /// <summary>Not enough memory, or no such device.</summary>
    public const int NoResource = 3;

    /// <summary>Stopped by Ctrl-C or SIGTERM, with everything worth saving saved.</summary>
    public const int Interrupted = 130;
}
