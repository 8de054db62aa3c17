using XlstmSam.Imaging;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Tests.Cli;
using XlstmSam.Tests.Fixtures;

namespace XlstmSam.Tests.Embedding;

/// <summary>The program of docs/embedding.md does what it says, and so do the calls it is made of.</summary>
public sealed class EmbeddingTests(PhantomFiles files) : IClassFixture<PhantomFiles>
{
    [Fact]
    public void ThePageShowsTheProgramThatRunsHere()
    {
        var page = File.ReadAllText(Path.Combine(FixtureRoot.Repository, "docs", "embedding.md"));
        var source = File.ReadAllText(Path.Combine(FixtureRoot.Repository, "tests", "XlstmSam.Tests", "Embedding", "EmbeddedEngine.cs"));
        Assert.Equal(source, page.Split("```csharp\n")[1].Split("```")[0]);
    }

    [Fact]
    public void TheProgramSegmentsAsTheCommandLineDoes()
    {
        EmbeddedEngine.Main([files.Model, files.Nifti, files.File("embedded.nii.gz")]);
        EngineRun.Of("segment", "--model", files.Model, "--image", files.Nifti, "--point", "20,30,15,+", "--out", files.File("typed.nii.gz")).Ok();
        var (embedded, typed) = (NiftiReader.ReadLabels(files.File("embedded.nii.gz")).Volume, NiftiReader.ReadLabels(files.File("typed.nii.gz")).Volume);
        Assert.Equal(typed.Geometry, embedded.Geometry);
        Assert.Equal(typed.Voxels, embedded.Voxels);
        Assert.Contains(1, embedded.Voxels);
    }

    [Fact]
    public void EverythingSaidCanBeTakenBack()
    {
        using var backend = new CpuBackend();
        using var model = WeightFile.LoadModel(files.Model, backend);
        using var predictor = new Predictor(model);
        Assert.Throws<InvalidOperationException>(predictor.NewObject);
        predictor.SetImage(Scan());
        var organ = predictor.NewObject();
        Assert.Throws<ArgumentException>(organ.Mask);
        organ.Box(new(new(10, 20, 10), new(30, 40, 25)));
        var boxed = organ.Mask().Voxels;
        organ.Click(new(20, 30, 15));
        Assert.NotEqual(boxed, organ.Mask().Voxels);
        Assert.True(organ.Undo());
        Assert.Equal(boxed, organ.Mask().Voxels);
        Assert.True(organ.Undo());
        Assert.True(organ.Prompts.IsEmpty);
        Assert.False(organ.Undo());
        Assert.Equal(1, predictor.Encodes);
    }

    [Fact]
    public void AnObjectOfTheScanBeforeIsOver()
    {
        using var backend = new CpuBackend();
        using var model = WeightFile.LoadModel(files.Model, backend);
        using var predictor = new Predictor(model);
        predictor.SetImage(Scan());
        var organ = predictor.NewObject();
        organ.Click(new(20, 30, 15));
        predictor.SetImage(Scan());
        Assert.Contains("another image", Assert.Throws<InvalidOperationException>(organ.Mask).Message, StringComparison.Ordinal);
    }

    private PreparedScan Scan() => PreparedScan.Prepare(NiftiReader.ReadImage(files.Nifti).Volume, Modality.CT, IntensityOrigin.Measured);
}
