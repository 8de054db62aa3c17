using System.Text.Json;
using XlstmSam.Cli;
using XlstmSam.Imaging;
using XlstmSam.Training;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Cli;

public sealed class TrainTests(PhantomFiles files) : IClassFixture<PhantomFiles>
{
    private const string Smallest =
        """
        { "preset": "tiny", "model": { "size": [16, 16, 16], "spacing": 3 },
          "training": { "steps": 3, "batch": 1, "targets": 1, "rounds": 1, "validationCases": 1 } }
        """;

    [Fact]
    public void PhantomsAreADataSetInBothFormats()
    {
        foreach (var source in (CaseSource[])[CaseSource.Nifti, CaseSource.Npz])
        {
            var set = DataSet.Open(files.Data, new(Source: source));
            Assert.Empty(set.Warnings);
            Assert.Equal(5, set.Cases.Count);
            Assert.Single(set.Cases, info => info.Split == CaseSplit.Val);
            Assert.Equal([Modality.CT, Modality.MRI], set.Cases.Take(2).Select(info => info.Modality));
        }

        var (nifti, npz) = (Load(CaseSource.Nifti), Load(CaseSource.Npz));
        Assert.Equal(nifti.Labels!.Voxels, npz.Labels!.Voxels);
        for (var axis = 0; axis < 3; axis++)
        {
            Assert.Equal(nifti.Image.Geometry.Spacing[axis], npz.Image.Geometry.Spacing[axis], 1e-5);
        }
    }

    [Fact]
    public void PhantomsNeverOverwrite()
    {
        var run = EngineRun.Of("phantom", "--out", files.Data, "--count", "1");
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("not an empty folder", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunTrainsStopsAndContinuesToTheSameWeights()
    {
        var (whole, stopped) = (files.File("whole"), files.File("stopped"));
        Train(whole).Ok();
        var interrupted = EngineRun.Cancelled(Arguments(stopped));
        Assert.Equal(ExitCode.Interrupted, interrupted.Code);
        Assert.Contains($"xsam-engine train --resume {stopped}", interrupted.Error, StringComparison.Ordinal);

        var again = Train(stopped);
        Assert.Equal(ExitCode.BadInput, again.Code);
        Assert.Contains($"continue it with --resume {stopped}", again.Error, StringComparison.Ordinal);

        var resumed = EngineRun.Of("train", "--resume", stopped, "--cache", "none").Ok();
        Assert.Contains("needs ", resumed.Error, StringComparison.Ordinal);
        Assert.Contains("step 3 validation: DSC", resumed.Error, StringComparison.Ordinal);
        Assert.Contains($"xsam-engine evaluate --model {stopped} --data", resumed.Out, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(new RunFolder(whole).LastPath), File.ReadAllBytes(new RunFolder(stopped).LastPath));

        Assert.Contains("licence", EngineRun.Of("info", "--model", stopped, "--depth", "0").Ok().Out, StringComparison.Ordinal);
        EngineRun.Of("segment", "--model", stopped, "--image", files.Nifti, "--point", "20,30,15", "--out", files.File("run.nii")).Ok();
    }

    [Fact]
    public void ARunFindsItsDataInAnotherPlaceAndNoOther()
    {
        var (whole, moved, place) = (files.File("unmoved"), files.File("moved"), files.File("elsewhere"));
        EngineRun.Of([.. Arguments(whole), "--filter", "*CT*", "--licence", "mine"]).Ok();
        Assert.Equal(ExitCode.Interrupted, EngineRun.Cancelled([.. Arguments(moved), "--filter", "*CT*", "--licence", "mine"]).Code);
        Assert.True(File.Exists(new RunFolder(moved).LastPath));
        Copy(Path.Combine(files.Data, "nifti"), Path.Combine(place, "nifti"));
        File.Copy(Path.Combine(files.Data, "manifest.json"), Path.Combine(place, "manifest.json"));
        EngineRun.Of("train", "--resume", moved, "--data", place, "--cache", "none").Ok();
        Assert.Equal(File.ReadAllBytes(new RunFolder(whole).LastPath), File.ReadAllBytes(new RunFolder(moved).LastPath));

        var label = Path.Combine(place, "nifti", "phantom_CT_000000_label.nii.gz");
        var bytes = File.ReadAllBytes(label);
        bytes[^9] ^= 1;
        File.WriteAllBytes(label, bytes);
        var changed = EngineRun.Of("train", "--resume", moved, "--data", place, "--cache", "none", "--steps", "4").Ok();
        Assert.Contains("changed: phantom_CT_000000", changed.Error, StringComparison.Ordinal);
        Assert.Contains("will not end with the bits", changed.Error, StringComparison.Ordinal);

        var others = EngineRun.Of("train", "--resume", moved, "--data", place, "--filter", "*MRI*", "--cache", "none", "--steps", "5");
        Assert.Equal(ExitCode.BadInput, others.Code);
        Assert.Contains("are gone", others.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ADamagedCaseOfAFolderIsLeftOutOfTheTable()
    {
        var folder = Directory.CreateDirectory(files.File("some-damaged")).FullName;
        File.Copy(files.Npz, Path.Combine(folder, "CT_good.npz"));
        File.WriteAllBytes(Path.Combine(folder, "CT_half.npz"), File.ReadAllBytes(files.Npz)[..5000]);
        var csv = files.File("damaged.csv");
        var run = EngineRun.Of("evaluate", "--model", files.Model, "--data", folder, "--out", csv, "--no-boxes", "--spacing-order", "array");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("case 'CT_half' is left out", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("CT_good.npz,", Assert.Single(File.ReadAllLines(csv)[1..]), StringComparison.Ordinal);
    }

    [Fact]
    public void TrainingOptionsReachTheConfiguration()
    {
        var run = files.File("options");
        var interrupted = EngineRun.Cancelled([.. Arguments(run), "--steps", "7", "--seed", "11", "--optimizer", "adam", "--recompute", "stem,1"]);
        Assert.Equal(ExitCode.Interrupted, interrupted.Code);
        var (config, progress) = new RunFolder(run).ReadState();
        Assert.Equal((7L, 11UL, OptimizerKind.Adam), (progress.Steps, config.Training.Seed, config.Training.Optimizer));
        Assert.Equal(["stem", "1"], config.Training.Recompute!);
    }

    [Fact]
    public void EvaluationWritesTheOfficialTable()
    {
        var (csv, predictions) = (files.File("scores.csv"), files.File("predictions"));
        var run = EngineRun.Of(
            "evaluate", "--model", files.Model, "--data", Path.Combine(files.Data, "npz"), "--filter", "CT_*0", "--out", csv, "--save", predictions,
            "--spacing-order", "array").Ok();
        var lines = File.ReadAllLines(csv);
        Assert.Equal(string.Join(',', ChallengeCsv.Columns), lines[0]);
        Assert.StartsWith("CT_phantom_CT_000000.npz,", Assert.Single(lines[1..]), StringComparison.Ordinal);
        Assert.Equal(3, run.Lines.Length);
        Assert.Contains("s/class", run.Lines[0], StringComparison.Ordinal);
        using var saved = NpzArchive.Open(Path.Combine(predictions, "CT_phantom_CT_000000.npz"));
        Assert.Equal(6, saved.Read("all_segs").Shape[0]);
    }

    [Fact]
    public void EvaluationScoresEveryLabelledCaseUnlessASplitIsNamed()
    {
        var whole = EngineRun.Of("evaluate", "--model", files.Model, "--data", files.Data, "--no-boxes", "--json").Ok();
        Assert.Contains("5 of 5 labelled cases are scored, split all", whole.Error, StringComparison.Ordinal);
        var run = EngineRun.Of("evaluate", "--model", files.Model, "--data", files.Data, "--no-boxes", "--split", "val", "--json").Ok();
        using var json = JsonDocument.Parse(run.Out);
        var rows = json.RootElement.GetProperty("modalities").EnumerateArray().ToArray();
        Assert.Equal(["CT", "all"], rows.Select(row => row.GetProperty("modality").GetString()!));
        Assert.Contains("1 of 5 labelled cases are scored, split val", run.Error, StringComparison.Ordinal);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private LoadedCase Load(CaseSource source) => DataSet.Open(files.Data, new(Source: source)).Cases[0].Load();

    private EngineRun Train(string run) => EngineRun.Of(Arguments(run));

    private string[] Arguments(string run)
    {
        File.WriteAllText(files.File("smallest.json"), Smallest);
        return ["train", "--data", files.Data, "--config", files.File("smallest.json"), "--out", run, "--cache", "none"];
    }
}
