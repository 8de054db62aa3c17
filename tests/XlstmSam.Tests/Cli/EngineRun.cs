using XlstmSam.Cli;

namespace XlstmSam.Tests.Cli;

/// <summary>One command line run in this process, on the processor unless it names a device: its exit code and what it wrote.</summary>
internal sealed record EngineRun(int Code, string Out, string Error)
{
    public static EngineRun Of(params string[] arguments) => WithInput("", arguments);

    public static EngineRun WithInput(string input, params string[] arguments) => Run(input, CancellationToken.None, arguments);

    public static EngineRun Cancelled(params string[] arguments) => Run("", new CancellationToken(canceled: true), arguments);

    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>This run, after a check that it went well.</summary>
    public EngineRun Ok()
    {
        Assert.True(Code == 0, $"exit code {Code}: {Error}");
        return this;
    }

    private static EngineRun Run(string input, CancellationToken cancel, string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] device = arguments.Length == 0 || arguments.Contains("--device") ? [] : ["--device", "cpu"];
        var code = EngineCommand.Run(
            [.. arguments, .. device], new Terminal(new StringReader(input), output, error, IsLive: false, TimeProvider.System), cancel);
        return new(code, output.ToString(), error.ToString());
    }
}
