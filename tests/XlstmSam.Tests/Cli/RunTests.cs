using XlstmSam.Cli;
using XlstmSam.Tests.Imaging;
using XlstmSam.Tests.Training;
using XlstmSam.Training;

namespace XlstmSam.Tests.Cli;

/// <summary>Runs are extended, started from weights, and survive bad files.</summary>
public sealed class RunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public RunTests()
    {
        foreach (var id in (string[])["a", "b", "c", "d", "e"])
        {
            DataFolders.Case(folder.Path, $"imagesTr/{id}_0000.nii.gz", $"labelsTr/{id}.nii.gz");
        }

        File.WriteAllText(
            folder.File("dataset.json"),
            """{"channel_names": {"0": "MRI"}, "labels": {"background": 0, "ball": 1, "bar": 2}, "file_ending": ".nii.gz"}""");
    }

    private string Run => folder.File("run");

    [Fact]
    public void ATruncatedCaseIsLeftOutAndARepairedOneTakenUp()
    {
        var image = folder.File("imagesTr/b_0000.nii.gz");
        var whole = File.ReadAllBytes(image);
        File.WriteAllBytes(image, whole[..(whole.Length / 2)]);
        var first = Train(2).Ok();
        Assert.Contains("left out: Case 'b': NIfTI", first.Error, StringComparison.Ordinal);
        Assert.Contains("1 of 5 cases cannot be used", first.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(new RunFolder(Run).LastPath));

        File.WriteAllBytes(image, whole);
        var repaired = EngineRun.Of("train", "--resume", Run, "--steps", "3", "--cache", "none").Ok();
        Assert.Contains("added: b", repaired.Error, StringComparison.Ordinal);
        Assert.Contains("will not end with the bits", repaired.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AFinishedRunIsExtendedAndNothingElseOfItChanges()
    {
        Train(2).Ok();
        Assert.Contains("is finished: 2 of 2 steps", EngineRun.Of("train", "--resume", Run, "--cache", "none").Ok().Out, StringComparison.Ordinal);
        var longer = EngineRun.Of("train", "--resume", Run, "--steps", "4", "--cache", "none").Ok();
        Assert.Contains("from step 2 of 2", longer.Error, StringComparison.Ordinal);
        Assert.Equal((4L, 4L), (new RunFolder(Run).ReadState().Progress.Step, new RunFolder(Run).ReadState().Progress.Steps));
        Assert.Equal(ExitCode.BadInput, EngineRun.Of("train", "--resume", Run, "--steps", "3", "--cache", "none").Code);
        Assert.Equal(ExitCode.BadInput, EngineRun.Of("train", "--resume", Run, "--batch", "3", "--cache", "none").Code);
    }

    [Fact]
    public void AnEditedConfigurationIsRefusedWithWhatWasChanged()
    {
        Train(2).Ok();
        var path = new RunFolder(Run).ConfigPath;
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"steps\":2", "\"steps\":8", StringComparison.Ordinal));
        var run = EngineRun.Of("train", "--resume", Run, "--cache", "none");
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("training.steps is 8 instead of 2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunStartsFromWeightsAndCarriesTheirLicence()
    {
        Train(2, "--licence", "CC BY-NC 4.0").Ok();
        var second = folder.File("second");
        var run = EngineRun.Of(
            "train", "--data", folder.Path, "--init", Run, "--steps", "1", "--learning-rate", "1e-9", "--cache", "none", "--out", second).Ok();
        Assert.Matches("Started from weights: ([0-9]+) of \\1 arrays fitted", run.Error);
        Assert.Contains("CC BY-NC 4.0", EngineRun.Of("info", "--model", second, "--depth", "0").Ok().Out, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private EngineRun Train(int steps, params string[] more) => EngineRun.Of(
        [
            "train", "--data", folder.Path, "--steps", steps.ToString(System.Globalization.CultureInfo.InvariantCulture), "--size", "16", "--cache", "none",
            "--out", Run, .. more,
        ]);
}
