using XlstmSam.Imaging;
using XlstmSam.Tests.Imaging;
using XlstmSam.Training;

namespace XlstmSam.Tests.Training;

public sealed class DataSetTests
{
    [Fact]
    public void AManifestTellsModalitySplitSubjectAndNames()
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var set = DataSet.Open(folder.Path);
        Assert.Equal(["a", "b", "c", "d", "e"], set.Cases.Select(c => c.Id));
        Assert.Equal([CaseSplit.Train, CaseSplit.Train, CaseSplit.Val, CaseSplit.Extra, CaseSplit.Extra], set.Cases.Select(c => c.Split));
        Assert.Equal((Modality.MRI, "s1", true), (set.Cases[2].Modality, set.Cases[2].Subject, set.Cases[2].HasLabels));
        Assert.Equal((Modality.Ultrasound, false, "US_e.npz"), (set.Cases[4].Modality, set.Cases[4].HasLabels, set.Cases[4].ChallengeName));
        var loaded = set.Cases[0].Load();
        Assert.Equal(DataFolders.Labels(0).Voxels, loaded.Labels!.Voxels);
        Assert.Equal("bar", loaded.Names[2]);
        Assert.NotNull(loaded.Header);
        Assert.Null(set.Cases[4].Load().Labels);
        var warning = Assert.Single(set.Warnings);
        Assert.Contains("1 case is left out because a file is missing: f;", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 1.5, 2.0)]
    [InlineData(false, 2.0, 1.5)]
    public void TheManifestTellsTheSpacingOrderOfItsNpzUnlessItIsNotTrusted(bool trust, double x, double z)
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var loaded = DataSet.Open(folder.Path, new("a", CaseSource.Npz, TrustManifest: trust)).Cases.Single().Load();
        Assert.Equal(new Vector3d(x, 1.25, z), loaded.Image.Geometry.Spacing);
        Assert.Equal((IntensityOrigin.Npz, 2), (loaded.Origin, loaded.Boxes!.Count));
    }

    [Theory]
    [InlineData("manifest.json", """{"cases": [{"id": "\ud800", "image": "a.nii"}]}""")]
    [InlineData("dataset.json", """{"channel_names": {"0": "\udfff"}, "labels": {"\ud800": 1}}""")]
    public void ATextThatIsNoneIsRefused(string name, string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(name), json);
        Assert.Throws<InvalidDataException>(() => DataSet.Open(folder.Path));
    }

    [Theory]
    [InlineData("../a.nii.gz")]
    [InlineData("/etc/passwd")]
    [InlineData("x/../../a.nii.gz")]
    [InlineData("..\\\\a.nii.gz")]
    [InlineData("C:a.nii.gz")]
    public void APathThatLeavesTheFolderIsRefused(string path)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("manifest.json"), $$"""{"cases": [{"id": "a", "image": "{{path}}"}]}""");
        var e = Assert.Throws<InvalidDataException>(() => DataSet.Open(folder.Path));
        Assert.Contains("below the data set's folder", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"cases": [{"id": "../a", "image": "a.nii.gz"}]}""", "can be a file name")]
    [InlineData("""{"cases": [{"id": "a"}, {"id": "a"}]}""", "occurs twice")]
    [InlineData("""{"cases": [{"image": "a.nii.gz"}]}""", "no 'id'")]
    [InlineData("""{"cases": []}""", "lists no cases")]
    [InlineData("""{"version": 9, "cases": []}""", "version 9")]
    [InlineData("""{"cases": 7}""", "no list 'cases'")]
    [InlineData("""{"cases": [{"id": "a", "image": "a.nii.gz"}]}""", "No case is left")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "Expected the JSON description")]
    public void AManifestThatMakesNoSenseIsRefused(string json, string says)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("manifest.json"), json);
        var e = Assert.Throws<InvalidDataException>(() => DataSet.Open(folder.Path));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NnUNetFoldersTakeTheFirstChannelAndTestImagesHaveNoLabels()
    {
        using var folder = new TemporaryFolder();
        DataFolders.Case(folder.Path, "imagesTr/liver_1_0000.nii.gz", "labelsTr/liver_1.nii.gz");
        DataFolders.Case(folder.Path, "imagesTr/liver_1_0001.nii.gz", "labelsTr/liver_1.nii.gz");
        DataFolders.Case(folder.Path, "imagesTs/liver_7_0000.nii.gz", "labelsTr/liver_1.nii.gz");
        File.WriteAllText(folder.File("dataset.json"), """
            {
              "channel_names": {"0": "T2", "1": "CT"}, "labels": {"background": 0, "ball": 1, "bar": 2, "all": [1, 2]}, "numTraining": 1,
              "file_ending": ".nii.gz"
            }
            """);
        var set = DataSet.Open(folder.Path);
        Assert.Equal([("liver_1", true, CaseSplit.None), ("liver_7", false, CaseSplit.Test)], set.Cases.Select(c => (c.Id, c.HasLabels, c.Split)));
        Assert.Equal(Modality.MRI, set.Cases[0].Modality);
        Assert.Equal("ball", set.Cases[0].Load().Names[1]);
        Assert.Contains("2 channels (T2, CT)", set.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("the regions all are unions of labels", set.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void DecathlonFoldersListTheirFiles()
    {
        using var folder = new TemporaryFolder();
        DataFolders.Case(folder.Path, "imagesTr/la_003.nii.gz", "labelsTr/la_003.nii.gz");
        File.WriteAllText(folder.File("dataset.json"), """
            {
              "modality": {"0": "CT"}, "labels": {"0": "background", "1": "ball"},
              "training": [
                {"image": "./imagesTr/la_003.nii.gz", "label": "./labelsTr/la_003.nii.gz"},
                {"image": "./imagesTr/la_004.nii.gz", "label": "./labelsTr/la_004.nii.gz"}
              ],
              "test": ["./imagesTs/la_1.nii.gz"]
            }
            """);
        var set = DataSet.Open(folder.Path);
        Assert.Equal(("la_003", Modality.CT), (set.Cases.Single().Id, set.Cases.Single().Modality));
        Assert.Equal("ball", Assert.Single(set.Cases[0].Load().Names).Value);
        Assert.Contains("la_004", Assert.Single(set.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void NpzFoldersTakeTheModalityFromTheNameAndDoubtReversedSpacing()
    {
        using var folder = new TemporaryFolder();
        DataFolders.Npz(folder.File("CT_1.npz"), [1, 1, 5]);
        DataFolders.Npz(folder.File("US_2.npz"), [5, 1, 1], withLabels: false);
        var set = DataSet.Open(folder.Path);
        Assert.Equal([("CT_1", Modality.CT, true), ("US_2", Modality.Ultrasound, false)], set.Cases.Select(c => (c.Id, c.Modality, c.HasLabels)));
        Assert.Contains("CT_1 looks like (x, y, z)", Assert.Single(set.Warnings), StringComparison.Ordinal);
        Assert.Equal(new(5, 1, 1), set.Cases[0].Load().Image.Geometry.Spacing);
        var xyz = DataSet.Open(folder.Path, new("CT*", SpacingOrder: SpacingOrder.Xyz, Modality: Modality.MRI));
        Assert.Empty(xyz.Warnings);
        Assert.Equal("CT_1.npz", xyz.Cases[0].ChallengeName);
        Assert.Equal((new Vector3d(1, 1, 5), Modality.MRI), (xyz.Cases.Single().Load().Image.Geometry.Spacing, xyz.Cases[0].Modality));
    }

    [Fact]
    public void UnknownFoldersAndFiltersWithoutAMatchAreExplained()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("manifest.json", Assert.Throws<InvalidDataException>(() => DataSet.Open(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => DataSet.Open(folder.File("none")));
        DataFolders.Npz(folder.File("CT_1.npz"), [1, 1, 1]);
        Assert.Contains(
            "none of its 1 cases matches 'MR*'",
            Assert.Throws<InvalidDataException>(() => DataSet.Open(folder.Path, new("MR*"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void LabelsOfAnotherGridAreRefused()
    {
        using var folder = new TemporaryFolder();
        DataFolders.Manifest(folder.Path);
        var info = DataSet.Open(folder.Path, new("a")).Cases[0];
        var label = folder.File("nifti/a_label.nii.gz");
        var near = DataFolders.Geometry with { VoxelToWorld = DataFolders.Geometry.VoxelToWorld with { Origin = new(9.1, -4, 3) } };
        NiftiWriter.WriteLabels(label, DataFolders.Labels(0, near));
        Assert.Equal(DataFolders.Geometry.VoxelToWorld.Origin, info.Load().Labels!.Geometry.VoxelToWorld.Origin);
        var far = near with { VoxelToWorld = near.VoxelToWorld with { Origin = new(19, -4, 3) } };
        NiftiWriter.WriteLabels(label, DataFolders.Labels(0, far));
        Assert.Contains("voxels off", Assert.Throws<InvalidDataException>(info.Load).Message, StringComparison.Ordinal);
        NiftiWriter.WriteLabels(label, new Volume<int>(new(new(2, 2, 2), Affine3.Identity), new int[8]));
        Assert.Contains("2x2x2", Assert.Throws<InvalidDataException>(info.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheRealScansOpenAndLoad()
    {
        var folder = SharedData.TryFind();
        Assert.SkipUnless(folder is not null, "no real scans: set XSAM_DATA or put them in ../shared/data");
        var set = DataSet.Open(folder!);
        Assert.True(set.Cases.Count > 100);
        Assert.Empty(set.Warnings);
        var splits = Splits.Of(set.Cases, 0.1, 1);
        Assert.Empty(splits.Train.Select(c => c.Subject).Intersect(splits.Validation.Select(c => c.Subject)));
        Assert.All(splits.Train, c => Assert.Equal(CaseSplit.Train, c.Split));
        var cache = new CaseCache(null);
        foreach (var info in set.Cases.Where((_, i) => i % 20 == 0))
        {
            Assert.Equal(info.HasLabels, cache.Get(info).Foreground.Count > 0);
        }

        var npz = DataSet.Open(folder!, new("STS_001*", CaseSource.Npz)).Cases.Select(c => c.Load());
        var nifti = DataSet.Open(folder!, new("STS_001*")).Cases.Select(c => c.Load());
        foreach (var (a, b) in npz.Zip(nifti))
        {
            Assert.True((a.Image.Geometry.Spacing - b.Image.Geometry.Spacing).Length < 1e-3);
        }
    }
}
