using System.Text.RegularExpressions;
using XlstmSam.Engine;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Tests.Training;
using XlstmSam.Training;

namespace XlstmSam.Tests.Models;

/// <summary>What the program knows of a family outside its folder, and what it asks of any.</summary>
public sealed class ModelFamilyTests
{
    private static readonly string Project = Path.Combine(SharedData.RepositoryRoot, "engine", "XlstmSam.Models");

    [Fact]
    public void AFamilyIsItsFolderAndALine()
    {
        var own = Path.Combine(Project, "Families", "ResidualUNet");
        var types = string.Join('|', Directory.GetFiles(own, "*.cs").Select(Path.GetFileNameWithoutExtension));
        var mention = new Regex($@"\b({types})\b", RegexOptions.CultureInvariant);
        var elsewhere = new[] { "engine", "training", "tools", "benchmarks" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file =>
                !file.StartsWith(own, StringComparison.Ordinal)
                    && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => (Name: Path.GetFileName(file), Lines: File.ReadLines(file).Count(mention.IsMatch)))
            .Where(found => found.Lines > 0);
        Assert.Equal([("ModelFamilies.cs", 1)], elsewhere);
    }

    [Fact]
    public void APresetIsAFile() =>
        Assert.Equal(Directory.GetFiles(Path.Combine(Project, "Presets"), "*.json").Select(Path.GetFileNameWithoutExtension).Order(), Presets.Names.Order());

    [Fact]
    public void EveryParameterHasAGroupAndEveryStageAModule()
    {
        using var backend = new CpuBackend(threads: 1);
        foreach (var config in new ModelConfig[] { MicroModel.Config, MicroModel.UNet })
        {
            using var model = MicroModel.Build(backend, config);
            Assert.All(model.Parameters.All, parameter => Assert.Contains(model.Traits.ParameterGroups, group => group.Fits(parameter.Name)));
            Assert.All(model.Traits.RecomputableStages, stage =>
                Assert.Contains(model.Parameters.All, parameter => parameter.Name.StartsWith(stage.Module + ".", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void AGroupsRateIsTheModelsUnlessTheRunNamesOne()
    {
        var (decoder, encoder) = ("mask_decoder.iou_token.weight", "image_encoder.stem.0.norm1.weight");
        Assert.Equal(0.1, Moved(new(), decoder) / Moved(new(), encoder), 1e-3);
        var named = new TrainingConfig { Rates = new() { ["decoder"] = 0.5 } };
        Assert.Equal(0.5, Moved(named, decoder) / Moved(named, encoder), 1e-3);
    }

    [Fact]
    public void PromptsThatAModelDoesNotTakeAreRefused()
    {
        using var backend = new CpuBackend(threads: 1);
        using var model = MicroModel.Build(backend, MicroModel.Config with { PointEmbeddings = 2, Roi = RoiPolicy.Volume });
        using var predictor = new Predictor(model);
        using var folder = new Imaging.TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        predictor.SetImage(DataSet.Open(folder.Path, new("a")).Cases[0].Load().Prepare());
        var boxed = predictor.NewObject();
        var refused = Assert.Throws<InvalidDataException>(() => boxed.Predict(new([], new(new(1, 1, 1), new(6, 6, 6)))));
        Assert.Contains("'micro' takes prompts of the kinds point, mask, not box", refused.Message, StringComparison.Ordinal);

        var training = Assert.Throws<InvalidDataException>(() => TrainingRules.CheckFit(new() { Model = model.Config, Training = new() }, "test"));
        Assert.Contains("boxProbability is 0.5; 'micro' takes no boxes, so set it to 0", training.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelOfSeveralChannelsIsBuiltButNotAskedAboutScans()
    {
        using var backend = new CpuBackend(threads: 1);
        ModelConfig[] configs =
        [
            MicroModel.Config with { Encoder = MicroModel.Config.Encoder with { InputChannels = 3 } }, MicroModel.UNet with { InputChannels = 3 },
        ];
        foreach (var config in configs)
        {
            using var model = MicroModel.Build(backend, ModelRules.Checked(config, "test"));
            Assert.Equal(3 * model.Input.Size.Count, model.Input.Count);
            Assert.Contains(
                "takes 3 values per cell", Assert.Throws<InvalidDataException>(() => ModelRules.RequireScanInput(config)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>How far the first update of Adam moves a parameter without decay, per unit of the rate: by the rate of its group.</summary>
    private static double Moved(TrainingConfig training, string name)
    {
        using var backend = new CpuBackend(threads: 1);
        using var model = MicroModel.Build(backend, MicroModel.Config);
        var parameter = model.Parameters.Find(name)!;
        var before = ParameterStore.Read(backend, parameter);
        backend.Elementwise.Fill(model.Parameters.Gradients, 1);
        using (var arena = Arena.Free(backend))
        {
            Tape.ForTraining(backend, arena).GradOf(parameter.Tensor);
        }

        new Optimizer(model.Parameters, backend, training with { WeightDecay = 0 }, model.Traits.ParameterGroups).Step(0, 0.01);
        return before.Zip(ParameterStore.Read(backend, parameter), (a, b) => Math.Abs(a - (double)b)).Average();
    }
}
