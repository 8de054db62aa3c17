using System.CommandLine;
using XlstmSam.Cli.Devices;
using XlstmSam.Cli.Options;

namespace XlstmSam.Cli;

/// <summary>What a verb works with: the parsed options, the terminal, and whether to stop.</summary>
internal sealed record VerbContext(ParseResult Arguments, GlobalOptions Globals, Terminal Terminal, CancellationToken Cancel)
{
    public bool IsVerbose => Arguments.GetValue(Globals.Verbose);

    /// <summary>The value of an option, or its default.</summary>
    public T? Get<T>(Option<T> option) => Arguments.GetValue(option);

    public bool IsGiven(Option option) => Arguments.GetResult(option) is { Implicit: false };

    public Device OpenDevice() => Device.Open(Get(Globals.Device)!, Get(Globals.Threads), Get(Globals.Convolution));

    /// <summary>Bytes that the work may take: as told by --memory, else what the machine has free.</summary>
    public long AvailableBytes => Get(Globals.Memory) is { } gibibytes ? (long)(gibibytes * (1L << 30)) : AvailableMemory.Bytes("/");

    public void Say(string line) => Terminal.Say(line);

    /// <summary>Says it with --verbose only.</summary>
    public void Detail(string line)
    {
        if (IsVerbose)
        {
            Terminal.Say(line);
        }
    }
}
