using XlstmSam.Imaging;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Tests.Imaging;
using XlstmSam.Training;

namespace XlstmSam.Tests.Training;

public sealed class DataSampleTests
{
    private static readonly ModelConfig Model = Presets.Get("tiny") with { Size = [16, 16, 16] };
    private static readonly TrainingConfig Training = TrainingPresets.Get("tiny").Training;

    [Theory]
    [InlineData(RoiPolicy.Volume)]
    [InlineData(RoiPolicy.Prompt)]
    public void ASampleDependsOnItsIndexAlone(RoiPolicy roi)
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var (forward, backward) = (Source(folder, roi), Source(folder, roi));
        var samples = Enumerable.Range(0, 6).Select(i => forward.Get(i)).ToArray();
        Assert.Equal(2, forward.SamplesPerEpoch);
        for (var i = 5; i >= 0; i--)
        {
            var again = backward.Get(i);
            Assert.Equal(samples[i].CaseId, again.CaseId);
            Assert.Equal(samples[i].Image, again.Image);
            Assert.Equal(samples[i].Targets, again.Targets);
            Assert.Equal(2, again.Targets.Length);
            Assert.All(again.Targets, target => Assert.True(target.Sum(v => v) >= Training.MinimumVoxels));
        }

        Assert.Equal(["a", "b"], samples.Take(2).Select(s => s.CaseId).Order());
        Assert.NotEqual(samples[0].Image, Source(folder, roi, Training with { Seed = 1 }).Get(0).Image);
    }

    [Theory]
    [InlineData(RoiPolicy.Volume, 1.5)]
    [InlineData(RoiPolicy.Prompt, 1.5)]
    [InlineData(RoiPolicy.Prompt, 0.5)]
    [InlineData(RoiPolicy.Volume, 0)]
    public void WithoutAugmentationTrainingSeesWhatThePredictorFeedsTheEncoder(RoiPolicy roi, double spacing)
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var config = Model with { Roi = roi, Spacing = spacing };
        using var backend = new CpuBackend(1);
        using var model = ModelFamilies.Build(config, backend, training: false);
        using var predictor = new Predictor(model);
        var cases = Splits.Of(DataSet.Open(folder.Path).Cases, 0, 0).Train;
        var source = new SampleSource(cases, new(null), config, Training with { Augmentation = AugmentationConfig.None });
        for (var i = 0; i < 4; i++)
        {
            var sample = source.Get(i);
            var (prepared, region) = source.RegionOf(i)!.Value;
            predictor.SetImage(PreparedCase.Of(cases.Single(c => c.Id == sample.CaseId).Load()).Scan);
            Assert.Equal(predictor.Input(region), sample.Image);
            var grid = region.Grid(config, prepared.Scan.Image.Geometry);
            Assert.Contains(sample.Targets[0], prepared.Foreground.Select(label => GridInput.Target(prepared.Labels!, label, grid)));
        }
    }

    [Fact]
    public void MissingTargetsAreRepeatedAndHopelessDataIsExplained()
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var large = Source(folder, RoiPolicy.Volume, Training with { MinimumVoxels = 50, Targets = 3, Augmentation = AugmentationConfig.None }).Get(0);
        Assert.Equal(3, large.Targets.Length);
        Assert.Equal(large.Targets[0], large.Targets[^1]);
        var e = Assert.Throws<InvalidDataException>(() => Source(folder, RoiPolicy.Prompt, Training with { MinimumVoxels = 5000 }).Get(0));
        Assert.Contains("lower minimumVoxels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnIndicatorIsTheLinearInterpolationOfWhatItStandsFor()
    {
        var labels = DataFolders.Labels(1);
        var made = new Volume<float>(labels.Geometry, Array.ConvertAll(labels.Voxels, v => v == 2 ? 1f : 0f));
        var grid = Region.OnVolume(labels.Geometry).Grid(Model, labels.Geometry);
        var turned = new GridChange(new(-1, 1, 1), new(0.1, -0.2, 0.3), 1.1, new(1, 0, -2)).Apply(grid);
        foreach (var target in new[] { grid, turned })
        {
            Assert.Equal(Resampling.Linear(made, target).Voxels, Resampling.Indicator(labels, 2, target).Voxels);
        }
    }

    [Fact]
    public void AGridChangeKeepsTheCentreTheAnglesAndTheOrder()
    {
        var grid = new VolumeGeometry(new(5, 7, 9), Affine3.Scale(1, 2, 3) with { Origin = new(4, 5, 6) });
        Assert.Same(grid, GridChange.None.Apply(grid));
        var centre = new Vector3d(2, 3, 4);
        var turned = new GridChange(new(1, 1, 1), new(0, 0, Math.PI / 2), 1, default).Apply(grid);
        Close(grid.ToWorld(centre), turned.ToWorld(centre));
        Close(grid.ToWorld(centre) + new Vector3d(0, 1, 0), turned.ToWorld(centre + new Vector3d(1, 0, 0)));
        Close(new(1, 2, 3), turned.Spacing);
        var flipped = new GridChange(new(-1, 1, 1), default, 2, new(1, 0, 0)).Apply(grid);
        Close(grid.ToWorld(centre + new Vector3d(1, 0, 0)), flipped.ToWorld(centre));
        Close(grid.ToWorld(centre + new Vector3d(-1, 0, 0)), flipped.ToWorld(centre + new Vector3d(1, 0, 0)));

        static void Close(Vector3d expected, Vector3d actual) => Assert.True((expected - actual).Length < 1e-12, $"{actual}; expected {expected}");
    }

    private static SampleSource Source(TemporaryFolder folder, RoiPolicy roi, TrainingConfig? training = null) =>
        new(Splits.Of(DataSet.Open(folder.Path).Cases, 0, 0).Train, new(null), Model with { Roi = roi }, training ?? Training);
}
