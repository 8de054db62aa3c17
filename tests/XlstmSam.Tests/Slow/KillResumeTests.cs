using System.Diagnostics;
using System.Security.Cryptography;

namespace XlstmSam.Tests.Slow;

/// <summary>A run that is killed again and again ends with the same bytes as one that is left alone.</summary>
[Thorough]
public sealed class KillResumeTests : IDisposable
{
    private const int Kills = 20;
    private readonly string folder = Directory.CreateTempSubdirectory("xsam-kill-").FullName;

    [Fact]
    public void TwentyKillsLeaveTheWeightsAsTheyWouldHaveBeen()
    {
        SlowTests.Require();
        var config = Path.Combine(folder, "short.json");
        File.WriteAllText(config, """{"preset": "tiny", "training": {"steps": 60, "validateEvery": 20, "validationCases": 2}}""");
        var calm = Path.Combine(folder, "calm");
        var killed = Path.Combine(folder, "killed");
        Assert.Equal(0, Finish("train", "--config", config, "--out", calm));

        var moments = new Random(1);
        using (var first = Start("train", "--config", config, "--out", killed))
        {
            KillAfter(first, moments.Next(1500, 6000));
        }

        for (var kill = 1; kill < Kills && !File.Exists(Path.Combine(killed, "last.safetensors")); kill++)
        {
            using var next = File.Exists(Path.Combine(killed, "state.safetensors"))
                ? Start("train", "--resume", killed)
                : Start("train", "--config", config, "--out", killed);
            KillAfter(next, moments.Next(500, 8000));
        }

        Assert.Equal(0, Finish("train", "--resume", killed));
        Assert.Equal(Hash(Path.Combine(calm, "last.safetensors")), Hash(Path.Combine(killed, "last.safetensors")));
        Assert.Equal(Hash(Path.Combine(calm, "best.safetensors")), Hash(Path.Combine(killed, "best.safetensors")));
        Assert.Equal(Steps(calm), Steps(killed));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string[] Steps(string run) => [.. File.ReadAllLines(Path.Combine(run, "metrics.csv")).Select(line => string.Join(',', line.Split(',').Take(10)))];

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "xsam-engine.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static int Finish(params string[] arguments)
    {
        using var process = Start(arguments);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static void KillAfter(Process process, int milliseconds)
    {
        if (!process.WaitForExit(milliseconds))
        {
            process.Kill();
            process.WaitForExit();
        }
    }
}
