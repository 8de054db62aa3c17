using System.Diagnostics;

namespace XlstmSam.Tests.Cli;

/// <summary>One command line as a process of its own, which may be given a CUDA driver.</summary>
internal static class EngineProcess
{
    /// <param name="driver">A libcuda.so.1.</param>
    /// <param name="environment">NAME=VALUE.</param>
    public static EngineRun Of(string driver, string[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "xsam-engine.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(driver);
        foreach (var variable in environment)
        {
            var (name, value) = (
                variable[..variable.IndexOf('=', StringComparison.Ordinal)], variable[(variable.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
