using XlstmSam.Imaging;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Tests.Imaging;
using XlstmSam.Training;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

/// <summary>An untrained model through the whole of an evaluation: what is asked, what is kept, what is written.</summary>
public sealed class DataEvaluationTests : IDisposable
{
    private readonly CpuBackend backend = new(1);
    private readonly IPromptModel model;
    private readonly TemporaryFolder folder = new();

    public DataEvaluationTests()
    {
        model = ModelFamilies.Build(Presets.Get("tiny") with { Size = [16, 16, 16], Spacing = 2 }, backend, training: false);
        model.Initialize(3);
        DataFolders.Manifest(folder.Path);
    }

    public void Dispose()
    {
        model.Dispose();
        backend.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(CaseSource.Nifti, false, 6)]
    [InlineData(CaseSource.Npz, false, 6)]
    [InlineData(CaseSource.Npz, true, 5)]
    public void SavedPredictionsHaveTheChallengesArrays(CaseSource source, bool noBoxes, int rounds)
    {
        using var predictor = new Predictor(model);
        var seen = new List<ChallengeResult>();
        var cases = DataSet.Open(folder.Path, new(null, source)).Cases;
        var results = Evaluation.Run(cases, predictor, new(noBoxes, MaxCases: 1, OnCase: seen.Add, SaveFolder: folder.File("out")));
        Assert.Equal(results, seen);
        Assert.Equal(("MRI_a.npz", 2), (results.Single().CaseName, results[0].Classes));
        using var archive = NpzArchive.Open(folder.File("out/MRI_a.npz"));
        var (segs, all) = (archive.Read("segs"), archive.Read("all_segs"));
        Assert.Equal([10, 12, 14], segs.Shape);
        Assert.Equal([rounds, 10, 12, 14], all.Shape);
        Assert.Equal((byte[])segs.Data, ((byte[])all.Data)[^(10 * 12 * 14)..]);
        var dice = DiceScore.Of<ushort>(cases[0].Load().SmallLabels()!.Voxels, Array.ConvertAll((byte[])segs.Data, v => (ushort)v), 1);
        var other = DiceScore.Of<ushort>(cases[0].Load().SmallLabels()!.Voxels, Array.ConvertAll((byte[])segs.Data, v => (ushort)v), 2);
        Assert.Equal(results[0].DscFinal, (dice + other) / 2, 12);
    }

    [Fact]
    public void AClassWithoutAFurtherClickIsNotComputedAgain()
    {
        var probe = new TransferProbe(backend);
        using var probed = ModelFamilies.Build(model.Config, probe, training: false);
        probed.Initialize(3);
        using var predictor = new Predictor(probed);
        var loaded = DataSet.Open(folder.Path, new("a")).Cases[0].Load();
        var segmenter = new ModelSegmenter(predictor, loaded.Prepare());
        var image = new ChallengeImage("a", loaded.Image);
        var first = segmenter.Predict(new(1, image, [new(1, null, [new(4, 4, 4, true)]), new(2, null, [null])], null));
        Assert.DoesNotContain((ushort)2, first);

        // Every pass of the encoder or the decoder ends with a download of what it computed.
        var downloads = probe.Downloads;
        Assert.NotEqual(0, downloads);
        Assert.Equal(first, segmenter.Predict(new(2, image, [new(1, null, [new(4, 4, 4, true), null]), new(2, null, [null, null])], first)));
        Assert.Equal(downloads, probe.Downloads);
        Assert.Equal(1, predictor.Encodes);
        var alone = predictor.NewObject().Predict(new([new(new(4, 4, 4), true)]));
        Assert.Equal(NativeMask.Of(predictor.Scan, alone).Voxels, Array.ConvertAll(first, label => (byte)label));
    }

    [Fact]
    public void TheLargestPositiveLogitTakesTheVoxel()
    {
        var scan = DataSet.Open(folder.Path, new("a")).Cases[0].Load().Prepare();
        var grid = scan.Image.Geometry;
        Volume<float> Logits(Func<long, float> of) => new(grid, [.. Enumerable.Range(0, (int)grid.Size.Count).Select(i => of(i))]);
        var merged = NativeMask.Merge(scan, [(7, Logits(i => i % 3 - 1)), (3, Logits(i => i % 2 == 0 ? 0.5f : -1)), (9, Logits(_ => -2))]);
        var expected = Enumerable.Range(0, (int)grid.Size.Count).Select(i => (ushort)(i % 3 == 2 ? 7 : i % 2 == 0 ? 3 : 0)).ToArray();
        Assert.Equal(scan.ToRas.Inverse.Apply(new Volume<ushort>(grid, expected)).Voxels, merged.Voxels);
        Assert.Equal(DataFolders.Geometry.VoxelToWorld, merged.Geometry.VoxelToWorld);
    }

    [Fact]
    public void TheValidatorCountsPromptsAndIsDeterministic()
    {
        var cases = DataSet.Open(folder.Path).Cases;
        var validator = new Validator(cases, new(null), model, 2);
        var (first, second) = (validator.Run(), validator.Run());
        Assert.Equal(first, second);
        Assert.Equal(4, first.Prompts);
        Assert.InRange(first.Dsc, 0, 1);
        Assert.True(double.IsFinite(first.Nsd));
        Assert.True(new Validator([], new(null), model, 2).IsEmpty);
    }

    [Fact]
    public void ATrainerLearnsFromPhantomsAndValidatesOnThem()
    {
        var config = new RunConfig
        {
            Model = model.Config,
            Training = PhantomSource.Recipe(TrainingPresets.Get("tiny").Training) with { Steps = 2, Rounds = 2, ValidateEvery = 1 },
        };
        var splits = Splits.Of(PhantomSource.Open(new(), 1, train: 3, validation: 1, test: 0).Cases, 0.1, 1);
        using var trained = ModelFamilies.Build(config.Model, backend, training: true);
        var cache = new CaseCache(null);
        var run = new RunFolder(Directory.CreateDirectory(folder.File("run")).FullName);
        var watch = new Watch();
        var validator = new Validator(splits.Validation, cache, trained, config.Training.ValidationCases);
        var parts = new TrainerParts(trained, config, run, new SampleSource(splits.Train, cache, config.Model, config.Training), validator.Run, new Dictionary<string, string>());
        Assert.Equal(TrainingEnd.Finished, new Trainer(parts, watch).Run(resume: false, limit: null, default));
        Assert.Equal([1, 2], watch.Validations.Select(v => v.Step));
        Assert.All(watch.Steps, step => Assert.InRange(step.Loss, 0.01, 100));
        Assert.True(File.Exists(run.LastPath));
    }

    [Fact]
    public void AnInterruptedValidationComesAgain()
    {
        var config = new RunConfig { Model = model.Config, Training = PhantomSource.Recipe(TrainingPresets.Get("tiny").Training) with { Steps = 2, Rounds = 1, ValidateEvery = 1 } };
        var cases = PhantomSource.Open(new(), 1, train: 2, validation: 0, test: 0).Cases;
        var run = new RunFolder(Directory.CreateDirectory(folder.File("again")).FullName);
        using var stop = new CancellationTokenSource();
        var watch = new Watch();

        Trainer Prepared(IPromptModel trained, Func<CancellationToken, (double, double, double, int)> validate) => new(
            new(trained, config, run, new SampleSource(cases, new(null), config.Model, config.Training), validate, new Dictionary<string, string>()), watch);

        using (var trained = ModelFamilies.Build(config.Model, backend, training: true))
        {
            var trainer = Prepared(trained, token =>
            {
                stop.Cancel();
                token.ThrowIfCancellationRequested();
                return default;
            });
            Assert.Equal(TrainingEnd.Interrupted, trainer.Run(resume: false, limit: null, stop.Token));
        }

        Assert.Equal((1L, true), (run.ReadState().Progress.Step, run.ReadState().Progress.ValidationDue));
        Assert.True(File.Exists(run.LastPath));
        using (var log = MetricsLog.Open(run.Path, 1))
        {
            log.Write(new() { Kind = MetricsLog.Validation, Step = 1, Dsc = 0.25 });
        }

        using var again = ModelFamilies.Build(config.Model, backend, training: true);
        Assert.Equal(TrainingEnd.Finished, Prepared(again, _ => (0.5, 0, 0, 1)).Run(resume: true, limit: null, default));
        Assert.Equal([1, 2], watch.Validations.Select(v => v.Step));
        Assert.Equal(["train,1", "validation,1", "train,2", "validation,2"], File.ReadLines(run.In("metrics.csv")).Skip(1).Select(line => string.Join(',', line.Split(',').Take(2))));
        Assert.DoesNotContain("\"dsc\":0.25", File.ReadAllText(run.In("metrics.jsonl")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"step": -1, "steps": 2}""")]
    [InlineData("""{"step": 3, "steps": 2}""")]
    public void ProgressThatCannotBeIsRefused(string progress)
    {
        var run = new RunFolder(folder.Path);
        var metadata = new Dictionary<string, string> { ["xlstmsam.run"] = RunConfigFile.Write(TrainingPresets.Get("tiny")), ["xlstmsam.progress"] = progress };
        using (var stream = File.Create(run.StatePath))
        {
            SafeTensorsWriter.Write(stream, [("w", [1], () => [1f])], metadata);
        }

        Assert.Contains("damaged", Assert.Throws<InvalidDataException>(() => run.ReadState()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnreadableCaseIsToldAndLeftOut()
    {
        File.WriteAllText(folder.File("nifti/a_label.nii.gz"), "no nifti");
        using var predictor = new Predictor(model);
        var cases = DataSet.Open(folder.Path).Cases;
        var failed = new List<string>();
        var results = Evaluation.Run([cases[0], cases[1]], predictor, new(NoBoxes: true, OnFailure: (info, _) => failed.Add(info.Id)));
        Assert.Equal(["a"], failed);
        Assert.Equal("MRI_b.npz", Assert.Single(results).CaseName);
        Assert.Throws<InvalidDataException>(() => Evaluation.Run([cases[0]], predictor, new()));
    }

    private sealed class Watch : ITrainingObserver
    {
        public List<StepReport> Steps { get; } = [];

        public List<ValidationReport> Validations { get; } = [];

        public void OnStep(StepReport report) => Steps.Add(report);

        public void OnValidation(ValidationReport report) => Validations.Add(report);
    }
}
