using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Tests.Cli;
using XlstmSam.Training;

namespace XlstmSam.Tests.Cuda;

/// <summary>The whole program on a card, end to end, with the kernels that ship: a driver runs them that needs no card.</summary>
[Thorough]
public sealed partial class EmulatedDriverTests(EmulatedDriver driver, PhantomFiles files) : IClassFixture<EmulatedDriver>, IClassFixture<PhantomFiles>
{
    private const string Micro =
        """
        {
          "preset": "tiny",
          "model": { "name": "micro", "size": [16, 16, 16], "spacing": 3, "embedding": 12, "decoderHeads": 2, "decoderMlp": 16, "iouHidden": 8, "maskChannels": 16,
            "encoder": { "stem": 4, "features": [4, 8], "strides": [2, 2], "blocks": [1, 1], "mixers": ["basic", "vil"] } },
          "training": { "steps": 3, "batch": 2, "targets": 1, "rounds": 2, "validationCases": 1 }
        }
        """;

    /// <summary>MiB: what is said of memory is rounded to tenths.</summary>
    private const double Rounding = 0.1;

    [Fact]
    public void TheCardIsListed()
    {
        var run = driver.Engine("info", "--devices").Ok();
        Assert.Contains("cuda:0: Emulated Card\n  capability   8.0, 2 multiprocessors\n  memory       4.00 GiB free of 4.00 GiB\n  usable       yes\n", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("tf32")]
    [InlineData("bf16")]
    public void VerifyHoldsEachPrecisionToItsBounds(string precision)
    {
        foreach (var family in (string[])["Attention", "Linear", "AdamW"])
        {
            var run = driver.Engine("verify", "--device", "cuda", "--precision", precision, "--filter", family, "--quiet").Ok();
            Assert.EndsWith(" 0 failed", run.Lines[^1], StringComparison.Ordinal);
            Assert.StartsWith($"cuda:0 in {precision}: ", run.Lines[^1], StringComparison.Ordinal);
        }
    }

    /// <summary>Stopped before its first step and resumed, a run ends with the bits of one that was not; on the processor it learns the same.</summary>
    [Fact]
    public void TrainingIsTheProcessorsAndResumesBitForBit()
    {
        var (whole, stopped, processor) = (new RunFolder(files.File("whole")), new RunFolder(files.File("stopped")), new RunFolder(files.File("processor")));
        Assert.Contains("Saved. Continue with", driver.Engine([.. Train(stopped, "cuda"), "--max-minutes", "1e-9"]).Ok().Error, StringComparison.Ordinal);
        var resumed = driver.Engine("train", "--resume", stopped.Path, "--cache", "none").Ok().Error;
        Assert.StartsWith("Computing on cuda:0: Emulated Card", resumed, StringComparison.Ordinal);
        Assert.DoesNotContain("Warning", resumed, StringComparison.Ordinal);
        var error = driver.Engine(Train(whole, "cuda")).Ok().Error;
        Assert.Equal(File.ReadAllBytes(whole.LastPath), File.ReadAllBytes(stopped.LastPath));

        var peak = PeakLine().Match(error);
        Assert.True(peak.Success, error);
        var (taken, planned) = (double.Parse(peak.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(peak.Groups[2].Value, CultureInfo.InvariantCulture));
        Assert.InRange(taken, planned / 2, planned + Rounding);

        EngineRun.Of(Train(processor, "cpu")).Ok();
        var (expected, losses) = (Losses(processor), Losses(whole));
        Assert.Equal(3, losses.Length);
        Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-5));

        var updated = EngineProcess.Of(driver.Library, ["XSAM_DRIVER_VERSION=12080"], "train", "--resume", whole.Path, "--cache", "none").Ok().Error;
        Assert.Contains("was computed on Emulated Card in fp32 under a driver of CUDA 12.4 and continues on Emulated Card in fp32 under a driver of CUDA 12.8:", updated, StringComparison.Ordinal);
        var moved = EngineRun.Of("train", "--resume", whole.Path, "--cache", "none").Ok().Error;
        Assert.Contains($"Warning: run '{whole.Path}' was computed on Emulated Card in fp32 under a driver of CUDA 12.8 and continues on cpu in fp32:", moved, StringComparison.Ordinal);
    }

    [Fact]
    public void SegmentingFindsWhatTheProcessorFinds()
    {
        string[] command = ["segment", "--model", files.Model, "--image", files.Nifti, "--point", "20,20,20,+", "--out", files.File("mask.nii.gz"), "--json"];
        var (card, processor) = (Voxels(driver.Engine([.. command, "--device", "cuda", "--precision", "fp32"])), Voxels(EngineRun.Of(command)));
        Assert.InRange(card, processor - (processor / 100) - 2, processor + (processor / 100) + 2);
    }

    /// <summary>A kernel that writes behind its buffer: the launch fails like on a card, when somebody waits for it.</summary>
    [Fact]
    public void WhatTheInterpreterFindsFailsTheLaunch()
    {
        using var device = DriverDevice.Open(DriverApi.Load(driver.Library), 0);
        using var library = new KernelLibrary();
        var kernel = library["ElementwiseKernels.Fill"];
        var (handle, buffer, parameters) = (device.Load(kernel, library.Ptx(kernel)), device.Allocate(256), new byte[32]);
        BitConverter.TryWriteBytes(parameters, (long)buffer);
        BitConverter.TryWriteBytes(parameters.AsSpan(8), 65L);
        device.Launch(handle, 1, kernel.Threads, 0, parameters);
        Assert.Equal("The NVIDIA driver refused StreamSynchronize: CUDA_ERROR_LAUNCH_FAILED, unspecified launch failure.", Assert.Throws<InvalidOperationException>(device.Synchronize).Message);
    }

    [GeneratedRegex(@"Peak memory ([0-9.]+) MiB of ([0-9.]+) MiB planned\.")]
    private static partial Regex PeakLine();

    private string[] Train(RunFolder run, string device)
    {
        File.WriteAllText(files.File("micro.json"), Micro);
        string[] precision = device == "cpu" ? [] : ["--precision", "fp32"];
        return ["train", "--data", files.Data, "--config", files.File("micro.json"), "--cache", "none", "--device", device, "--out", run.Path, .. precision];
    }

    private static double[] Losses(RunFolder run) =>
    [
        .. File.ReadLines(run.In("metrics.csv")).Where(line => line.StartsWith("train,", StringComparison.Ordinal)).Select(line => double.Parse(line.Split(',')[2], CultureInfo.InvariantCulture)),
    ];

    private static long Voxels(EngineRun run)
    {
        using var json = JsonDocument.Parse(run.Ok().Out);
        return json.RootElement.GetProperty("voxels").GetInt64();
    }
}
