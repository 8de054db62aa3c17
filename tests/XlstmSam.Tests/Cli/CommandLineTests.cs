using XlstmSam.Cli;
using XlstmSam.Kernels;

namespace XlstmSam.Tests.Cli;

public sealed class CommandLineTests
{
    /// <summary>The verbs that this program has; whoever adds one adds it here, so that its help is tested.</summary>
    public static TheoryData<string> Verbs => ["train", "segment", "evaluate", "info", "plan", "verify", "bench", "phantom"];

    [Fact]
    public void HelpNamesTheVerbsThatAreTestedHereAndNoOther()
    {
        var listed = EngineRun.Of("--help").Ok().Out.Split("Commands:")[1].Split('\n')
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line.Length > 2 && char.IsLetter(line[2]))
            .Select(line => line.Trim().Split(' ')[0]);
        Assert.Equal(Verbs.Select(verb => verb.Data).Order(), listed.Order());
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void HelpOfAVerbHasExamples(string verb)
    {
        var run = EngineRun.Of(verb, "--help").Ok();
        Assert.Contains("Examples:", run.Out, StringComparison.Ordinal);
        Assert.Contains($"xsam-engine {verb}", run.Out, StringComparison.Ordinal);
        Assert.Contains("--threads", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void VersionIsOneLine() => Assert.Matches("^xsam-engine [0-9]+\\.[0-9]+\\.[0-9]+", EngineRun.Of("--version").Ok().Out);

    [Fact]
    public void NothingAtAllShowsTheHelpAsAnError()
    {
        var run = EngineRun.Of();
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains("Usage:", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'bogus'", "bogus")]
    [InlineData("'--bogus'", "info", "--bogus")]
    [InlineData("--model", "segment", "--image", "x.nii")]
    [InlineData("--threads", "info", "--preset", "tiny", "--threads", "-3")]
    [InlineData("'abc' for option '--threads'", "info", "--preset", "tiny", "--threads", "abc")]
    [InlineData("--memory", "info", "--preset", "tiny", "--memory", "0")]
    [InlineData("'gpu' is not known", "info", "--preset", "tiny", "--device", "gpu")]
    [InlineData("expected auto, cpu, cuda or cuda:N", "plan", "--preset", "tiny", "--device", "cuda:one")]
    [InlineData("--precision 'half' is not known; expected fp32 or tf32", "plan", "--preset", "tiny", "--precision", "half")]
    [InlineData("--precision is for CUDA cards; the processor computes in fp32 only.", "plan", "--preset", "tiny", "--device", "cpu", "--precision", "tf32")]
    [InlineData("Give one of", "info")]
    [InlineData("Give one of", "info", "--preset", "tiny", "--config", "x.json")]
    [InlineData("choose one of tiny, ", "plan", "--preset", "huge")]
    [InlineData("no such file", "info", "--config", "/nowhere/x.json")]
    [InlineData("no such run folder or weight file", "info", "--model", "/nowhere/run")]
    [InlineData("--size '0'", "plan", "--preset", "tiny", "--size", "0")]
    [InlineData("cells", "plan", "--preset", "tiny", "--size", "1024")]
    [InlineData("lies in the data set", "evaluate", "--model", "m", "--data", "/nowhere/data", "--save", "/nowhere/data/npz/..")]
    [InlineData("--config is empty", "train", "--config", "")]
    [InlineData("--out is empty", "phantom", "--out", "")]
    [InlineData("divisible by the total stride", "plan", "--preset", "tiny", "--size", "33")]
    [InlineData("'7' is not a stage", "plan", "--preset", "tiny", "--recompute", "0,7")]
    [InlineData("matches no case", "verify", "--filter", "nosuchop")]
    [InlineData("matches no row", "bench", "--filter", "nosuchop")]
    [InlineData("--format 'dicom'", "phantom", "--out", "/nowhere/p", "--format", "dicom")]
    [InlineData("--size '12x12'", "phantom", "--out", "/nowhere/p", "--size", "12x12")]
    [InlineData("at most 1073741824 voxels", "phantom", "--out", "/nowhere/p", "--size", "1025x1024x1024")]
    [InlineData("--spacing '0,1,1'", "phantom", "--out", "/nowhere/p", "--spacing", "0,1,1")]
    [InlineData("'XRAY' is not known", "phantom", "--out", "/nowhere/p", "--modality", "CT,XRAY")]
    [InlineData("not both", "train", "--steps", "3", "--epochs", "1")]
    [InlineData("no such folder", "train", "--resume", "/nowhere/run")]
    [InlineData("no such folder", "train", "--data", "/nowhere/data", "--out", "/nowhere/run")]
    [InlineData("--seed cannot change it", "train", "--resume", "/nowhere/run", "--seed", "3")]
    [InlineData("--filter cannot change it", "train", "--resume", "/nowhere/run", "--filter", "a*")]
    public void BadUsageIsOneSentenceAndCode2(string part, params string[] arguments)
    {
        var run = EngineRun.Of(arguments);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Images of 16 GiB are counted, not taken.</summary>
    [Fact]
    public void WhatCouldNeverFitIsPlannedWithoutTryingIt()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var run = EngineRun.Of(
            "train", "--preset", "tiny", "--size", "512", "--batch", "32", "--memory", "4", "--out", Path.Combine(Path.GetTempPath(), "xsam-never"));
        Assert.Equal(ExitCode.NoResource, run.Code);
        Assert.Contains("patch 512x512x512, batch 32", run.Error, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256L << 20);
    }

    [Fact]
    public void VerboseShowsWhereAnErrorCameFrom() =>
        Assert.Contains("   at ", EngineRun.Of("info", "--preset", "huge", "--verbose").Error, StringComparison.Ordinal);

    [Fact]
    public void AnInterruptedVerbIsCode130() =>
        Assert.Equal(ExitCode.Interrupted, EngineRun.Cancelled("verify", "--filter", "AdamW").Code);

    [Fact]
    public void MessagesBecomeExitCodes()
    {
        Assert.Equal(ExitCode.BadInput, Fault.Of(new InvalidDataException("x")).Code);
        Assert.Equal(ExitCode.BadInput, Fault.Of(new FileNotFoundException("x", "f")).Code);
        Assert.Equal(ExitCode.BadInput, Fault.Of(new UnauthorizedAccessException("x")).Code);
        Assert.Equal(ExitCode.BadInput, Fault.Of(new FormatException("x")).Code);
        Assert.Equal(ExitCode.BadInput, Fault.Of(new AggregateException(new EndOfStreamException("x"))).Code);
        Assert.Equal(ExitCode.NoResource, Fault.Of(new InsufficientMemoryException("x")).Code);
        Assert.Equal(ExitCode.NoResource, Fault.Of(new DeviceException("x")).Code);
        Assert.Equal(ExitCode.Failed, Fault.Of(new XlstmSam.Training.TrainingDivergedException(3, double.NaN, 1)).Code);
        Assert.Equal(ExitCode.Failed, Fault.Of(new InvalidOperationException("x")).Code);
    }
}
