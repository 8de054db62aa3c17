using System.Diagnostics;
using XlstmSam.Tests.Cli;
using XlstmSam.Tests.Fixtures;

namespace XlstmSam.Tests.Cuda;

/// <summary>
/// tests/XlstmSam.EmulatedDriver as a library, built once for all tests of a class: half a minute. They run with <c>./test --cuda-interpreted</c> and
/// <c>--slow</c>; otherwise they report themselves skipped.
/// </summary>
public sealed class EmulatedDriver : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("emulated-driver").FullName;
    private readonly Lazy<string> library;

    public EmulatedDriver() => library = new(Build);

    public string Library
    {
        get
        {
            Assert.SkipUnless(
                Environment.GetEnvironmentVariable("XSAM_EMULATED") == "1" || Environment.GetEnvironmentVariable("XSAM_SLOW") == "1",
                "takes minutes; run ./test --cuda-interpreted or --slow");
            return library.Value;
        }
    }

    internal EngineRun Engine(params string[] arguments) => EngineProcess.Of(Library, [], arguments);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Build()
    {
        var start = new ProcessStartInfo(Path.Combine(FixtureRoot.Repository, "tools", "emulated-driver.sh"), [folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {errors.Result}");
        return output.Trim();
    }
}
