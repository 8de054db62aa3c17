using System.Text.Json;
using XlstmSam.Cli;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Tests.Cuda;
using XlstmSam.Tests.Imaging;

namespace XlstmSam.Tests.Cli;

/// <summary>What the program says about cards: those that are not there, those that cannot be used, and one that can.</summary>
public sealed class DeviceTests
{
    private const string OldDriver = "The NVIDIA driver is for CUDA 11.4; 12.0 or more is needed: update the driver (version 525 or later), or use --device " +
        "cpu.\n";
    private const string OldCard = "Device 'cuda:0' is a Fake Card of compute capability 7.5; 8.0 or more is needed (Ampere or newer): use another card, or " +
        "--device cpu.\n";
    private const string NoCard = "Device 'cuda:1': there is only cuda:0.\n";

    [Theory]
    [InlineData("info", "--preset", "tiny")]
    [InlineData("plan", "--preset", "tiny")]
    [InlineData("verify", "--filter", "AdamW")]
    [InlineData("bench", "--filter", "linear")]
    [InlineData("train", "--out", "/nowhere/run")]
    [InlineData("evaluate", "--model", "m", "--data", "d")]
    [InlineData("segment", "--model", "m", "--image", "i.nii", "--point", "1,2,3,+", "--out", "o.nii")]
    public void WithoutADriverEveryVerbSaysSoInOneSentence(params string[] arguments)
    {
        Assert.SkipWhen(CudaCard.HasDriver, "There is a driver.");
        var run = EngineRun.Of([.. arguments, "--device", "cuda"]);
        Assert.Equal(ExitCode.NoResource, run.Code);
        Assert.Empty(run.Out);
        Assert.Equal("There is no NVIDIA driver (libcuda.so.1 was not found): install one, or use --device cpu.\n", run.Error);
    }

    [Fact]
    public void WithoutADriverAutoIsTheProcessorAndSaysWhyToWhoAsks()
    {
        Assert.SkipWhen(CudaCard.HasDriver, "There is a driver.");
        string[] auto = ["info", "--preset", "tiny", "--depth", "0", "--device", "auto"];
        Assert.Empty(EngineRun.Of(auto).Ok().Error);
        Assert.StartsWith("Computing on the CPU: There is no NVIDIA driver", EngineRun.Of([.. auto, "--verbose"]).Ok().Error, StringComparison.Ordinal);
        Assert.Contains("cuda: There is no NVIDIA driver", EngineRun.Of("info", "--devices").Ok().Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("XSAM_DRIVER_VERSION=11040", "cuda", OldDriver)]
    [InlineData("XSAM_DRIVER_CAPABILITY=75", "cuda:0", OldCard)]
    [InlineData("XSAM_DRIVER_CARDS=1", "cuda:1", NoCard)]
    public void ACardThatCannotBeUsedIsCode3(string driver, string device, string said)
    {
        var run = EngineProcess.Of(FakeDriver.Library, [driver], "plan", "--preset", "tiny", "--device", device);
        Assert.Equal(ExitCode.NoResource, run.Code);
        Assert.Empty(run.Out);
        Assert.Equal(said, run.Error);
    }

    [Theory]
    [InlineData("XSAM_DRIVER_VERSION=11040", OldDriver)]
    [InlineData("XSAM_DRIVER_CAPABILITY=75", OldCard)]
    public void AutoSaysWhyItDoesWithoutACardThatIsThere(string driver, string said)
    {
        var run = EngineProcess.Of(FakeDriver.Library, [driver], "plan", "--preset", "tiny").Ok();
        Assert.Equal($"Computing on the CPU: {said}", run.Error);
        Assert.Contains("'cpu' has", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void AutoTakesACardAndPlansWithItsMemory()
    {
        var run = EngineProcess.Of(FakeDriver.Library, [], "plan", "--preset", "tiny").Ok();
        Assert.Equal(
            "Computing on cuda:0: Fake Card, compute capability 9.0, 132 multiprocessors, 1.00 GiB free of 2.00 GiB, in tf32; --device cpu takes the " +
            "processor instead.\n",
            run.Error);
        Assert.Contains("'cuda:0' has 1.00 GiB free: training fits.", run.Out, StringComparison.Ordinal);
        Assert.Contains(", driver 256.0 MiB; and beside the card samples and program", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void TheListNamesEveryCard()
    {
        var run = EngineProcess.Of(FakeDriver.Library, ["XSAM_DRIVER_CARDS=2"], "info", "--devices").Ok();
        Assert.StartsWith("cpu: ", run.Out, StringComparison.Ordinal);
        Assert.Contains(
            "cuda:1: Fake Card\n  capability   9.0, 132 multiprocessors\n  memory       1.00 GiB free of 2.00 GiB\n  usable       yes\n",
            run.Out,
            StringComparison.Ordinal);

        using var json = JsonDocument.Parse(EngineProcess.Of(FakeDriver.Library, ["XSAM_DRIVER_CAPABILITY=75"], "info", "--devices", "--json").Ok().Out);
        var card = json.RootElement.GetProperty("devices")[1];
        Assert.Equal("7.5", card.GetProperty("capability").GetString());
        Assert.Equal(2L << 30, card.GetProperty("totalBytes").GetInt64());
        Assert.False(card.GetProperty("usable").GetBoolean());
        Assert.Contains("8.0 or more is needed", card.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TrainingThatWouldNotFitTheCardIsRefusedBeforehand()
    {
        using var folder = new TemporaryFolder();
        var run = EngineProcess.Of(
            FakeDriver.Library, ["XSAM_DRIVER_MEMORY=50000000"], "train", "--preset", "tiny", "--recompute", "none", "--device", "cuda", "--out",
            folder.File("run"));
        Assert.Equal(ExitCode.NoResource, run.Code);
        Assert.Contains("'cuda:0' has 47.7 MiB free. Largest: image_encoder.", run.Error, StringComparison.Ordinal);
        Assert.Contains(", driver 256.0 MiB); 'cuda:0'", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("samples and program", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void ACardThatIsFullerThanItSaidIsCode3()
    {
        using var folder = new TemporaryFolder();
        var run = EngineProcess.Of(
            FakeDriver.Library, ["XSAM_DRIVER_MEMORY=2000000"], "train", "--preset", "tiny", "--size", "16", "--device", "cuda", "--memory", "2", "--cache",
            "none", "--out", folder.File("run"));
        Assert.Equal(ExitCode.NoResource, run.Code);
        Assert.Contains("'cuda:0' has 0 GiB free of 0 GiB, and ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Try --recompute all, a smaller --size or --batch", run.Error, StringComparison.Ordinal);
    }
}
