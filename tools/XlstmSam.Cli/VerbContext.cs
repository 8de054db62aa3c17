using System.CommandLine;
using XlstmSam.Cli.Options;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Cli;

/// <summary>What a verb works with: the parsed options, the terminal, and whether to stop.</summary>
internal sealed record VerbContext(ParseResult Arguments, GlobalOptions Globals, Terminal Terminal, CancellationToken Cancel)
{
    public bool IsVerbose => Arguments.GetValue(Globals.Verbose);

    /// <summary>The value of an option, or its default.</summary>
    public T? Get<T>(Option<T> option) => Arguments.GetValue(option);

    public bool IsGiven(Option option) => Arguments.GetResult(option) is { Implicit: false };

    /// <summary>The device that the options ask for. Where that is left open, says which it is: always if it is a card or a card fails, else with
    /// --verbose.</summary>
    /// <param name="usual">How a card multiplies where nobody says.</param>
    public Device OpenDevice(CudaPrecision usual = CudaPrecision.Tf32)
    {
        var (device, reason, isNews) = DeviceChoice.Of(
            new(Get(Globals.Device)!, Get(Globals.Precision), usual, Get(Globals.Threads), Get(Globals.Convolution)));
        if (reason is not null && (isNews || IsVerbose))
        {
            Say(reason);
        }

        return device;
    }

    /// <summary>The memory that the work may take: on the device as told by --memory, else what is free.</summary>
    public MemoryRoom RoomOn(Device device) => new(
        Get(Globals.Memory) is { } gibibytes ? (long)(gibibytes * (1L << 30)) : device.FreeBytes,
        device.SharesHostMemory ? null : AvailableMemory.Bytes("/"));

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
