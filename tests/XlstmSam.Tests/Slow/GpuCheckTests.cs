using System.Diagnostics;
using XlstmSam.Tests.Cuda;
using XlstmSam.Tests.Fixtures;
using XlstmSam.Tests.Imaging;

namespace XlstmSam.Tests.Slow;

/// <summary>The script that checks a card, on the emulated driver: everything small, no PyTorch.</summary>
[Thorough]
public sealed class GpuCheckTests(EmulatedDriver driver) : IClassFixture<EmulatedDriver>
{
    private const string Nano =
        """
        {
          "preset": "tiny",
          "model": { "name": "nano", "size": [8, 8, 8], "spacing": 6, "embedding": 12, "decoderHeads": 2, "decoderMlp": 16, "iouHidden": 8, "maskChannels": 16,
            "encoder": { "stem": 4, "features": [4, 8], "strides": [2, 2], "blocks": [1, 1], "mixers": ["basic", "vil"] } },
          "training": { "steps": 6, "batch": 1, "targets": 1, "rounds": 1, "validationCases": 1 }
        }
        """;

    [Fact]
    public void EverythingIsCheckedAndTimed()
    {
        SlowTests.Require();
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("nano.json"), Nano);
        File.WriteAllText(folder.File("first.json"), Nano.Replace("\"steps\": 6", "\"steps\": 3, \"learningRate\": 1e-12", StringComparison.Ordinal));
        var (code, output) = Run(folder, phantoms: "2", filter: "AdamW", model: folder.File("nano.json"));
        Assert.True(code == 0, output);
        string[] steps =
        [
            "ok   verify-fp32", "ok   verify-tf32", "ok   alike-tf32", "ok   alike-bf16", "ok   follows-tf32", "ok   same-twice", "ok   same-resumed",
            "ok   bench-nano-tf32", "training step", "\n0 failed\n",
        ];
        foreach (var said in steps)
        {
            Assert.Contains(said, output, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(folder.File("results/bench-nano-tf32.json")));
    }

    [Fact]
    public void WhatFailsIsNamedAndIsCode1()
    {
        SlowTests.Require();
        using var folder = new TemporaryFolder();
        var (code, output) = Run(folder, phantoms: "none", filter: "nosuchop", model: "nosuchmodel");
        Assert.Equal(1, code);
        Assert.Contains("FAIL verify-fp32: exit code 2: --filter 'nosuchop' matches no case", output, StringComparison.Ordinal);
        Assert.Contains("FAIL phantoms: exit code ", output, StringComparison.Ordinal);
        Assert.Contains("FAIL bench-nosuchmodel-tf32: exit code 2: Preset 'nosuchmodel'", output, StringComparison.Ordinal);
    }

    private (int Code, string Output) Run(TemporaryFolder folder, string phantoms, string filter, string model)
    {
        var start = new ProcessStartInfo(
            Path.Combine(FixtureRoot.Repository, "tools", "gpu-check", "run.sh"),
            ["--quick", "--no-torch", "--out", folder.File("results")])
        { RedirectStandardOutput = true };
        foreach (var (name, value) in ((string, string)[])[
            ("LD_LIBRARY_PATH", Path.GetDirectoryName(driver.Library)!),
            ("CHECK_ENGINE", $"dotnet {Path.Combine(AppContext.BaseDirectory, "xsam-engine.dll")}"), ("CHECK_CONFIG", folder.File("nano.json")),
            ("CHECK_FIRST", folder.File("first.json")), ("CHECK_KILL_AFTER", "1"), ("CHECK_PHANTOMS", phantoms), ("CHECK_FILTER", filter),
            ("CHECK_MODELS", model), ("CHECK_BATCHES", "1")])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
