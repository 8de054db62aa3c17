using System.Text.Json;
using XlstmSam.Imaging;
using XlstmSam.Tests.Imaging;
using XlstmSam.Training;

namespace XlstmSam.Tests.Training;

/// <summary>What a data set's description says is used, or a warning names it.</summary>
public sealed class DataSetFormTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("""{"0": "CT"}""")]
    [InlineData("""{"CT": 0}""")]
    [InlineData("""["CT"]""")]
    [InlineData("\"CT\"")]
    [InlineData("\"cta\"")]
    public void ChannelNamesAreReadInEveryForm(string form)
    {
        Pairs("imagesTr", "labelsTr", "_0000", "a", "b");
        foreach (var key in (string[])["channel_names", "modality"])
        {
            Describe($"\"{key}\": {form}");
            Assert.All(Open().Cases, info => Assert.Equal(Modality.CT, info.Modality));
        }
    }

    [Fact]
    public void ChannelsKeepTheirOrderAndUnknownWordsAreNamed()
    {
        Pairs("imagesTr", "labelsTr", "_0000", "a");
        Describe("""
            "channel_names": {"10": "CT", "2": "FLAIR", "0": "xray"}
            """);
        var set = Open();
        Assert.Contains(set.Warnings, warning => warning.Contains("3 channels (xray, FLAIR, CT)", StringComparison.Ordinal));
        Assert.Contains(set.Warnings, warning => warning.Contains("'xray' is not known", StringComparison.Ordinal));
    }

    [Fact]
    public void WithoutAModalityThereIsOneDecisionForTheWholeSet()
    {
        Pairs("imagesTr", "labelsTr", "_0000", "a", "b", "c");
        Describe("\"labels\": {\"0\": \"background\", \"1\": \"ball\", \"2\": \"bar\"}");
        var measured = Open();
        Assert.All(measured.Cases, info => Assert.Equal(Modality.Unknown, info.Modality));
        Assert.Contains("0 of 3 scans looked at hold air", Assert.Single(measured.Notes), StringComparison.Ordinal);
        foreach (var id in (string[])["a", "b"])
        {
            var labels = DataFolders.Labels(0);
            NiftiWriter.Write(
                folder.File($"imagesTr/{id}_0000.nii.gz"),
                new Volume<float>(labels.Geometry, Array.ConvertAll(labels.Voxels, label => label == 0 ? -1000f : 40)));
        }

        Assert.All(Open().Cases, info => Assert.Equal(Modality.CT, info.Modality));
    }

    [Fact]
    public void TheValidationListIsUsed()
    {
        Pairs("imagesTr", "labelsTr", "", "a", "b");
        Pairs("imagesVa", "labelsVa", "", "c");
        Describe("""
            "modality": {"0": "MRI"},
            "training": [{"image": "./imagesTr/a.nii.gz", "label": "./labelsTr/a.nii.gz"}, {"image": "./imagesTr/b.nii.gz", "label": "./labelsTr/b.nii.gz"}],
            "validation": [{"image": "./imagesVa/c.nii.gz", "label": "./labelsVa/c.nii.gz"}], "test": []
            """);
        var splits = Splits.Of(Open().Cases, 0.25, 0);
        Assert.Equal(["a", "b"], splits.Train.Select(info => info.Id));
        Assert.Equal(["c"], splits.Validation.Select(info => info.Id));
    }

    [Fact]
    public void TheFirstFoldOfNnUNetIsUsedAndSaid()
    {
        Pairs("imagesTr", "labelsTr", "_0000", "a", "b", "c", "d");
        Describe("\"channel_names\": {\"0\": \"MRI\"}");
        File.WriteAllText(folder.File("splits_final.json"), """[{"train": ["a", "b", "c"], "val": ["d"]}, {"train": ["b", "c", "d"], "val": ["a"]}]""");
        var set = Open();
        Assert.Equal(["d"], Splits.Of(set.Cases, 0.25, 0).Validation.Select(info => info.Id));
        Assert.Contains(set.Notes, note => note.Contains("the first of 2 folds", StringComparison.Ordinal));
    }

    [Fact]
    public void ATestCaseMayBeCalledAsATrainingCaseAndHasItsLabels()
    {
        Pairs("imagesTr", "labelsTr", "_0000", "a");
        Pairs("imagesTs", "labelsTs", "_0000", "a", "b");
        Describe("\"channel_names\": {\"0\": \"MRI\"}");
        Assert.Equal(
            [("a", CaseSplit.None, true), ("test_a", CaseSplit.Test, true), ("b", CaseSplit.Test, true)],
            Open().Cases.Select(c => (c.Id, c.Split, c.HasLabels)));
    }

    [Fact]
    public void NamesThatEndInFourDigitsAreImagesWhereNoneEndsInFourZeros()
    {
        Pairs("imagesTr", "labelsTr", "", "pancreas_0001", "pancreas_0002");
        Describe("\"channel_names\": {\"0\": \"MRI\"}");
        Assert.Equal(["pancreas_0001", "pancreas_0002"], Open().Cases.Select(info => info.Id));
    }

    [Fact]
    public void TheDatasetOfNnUNet2IsRead()
    {
        Pairs("pool/img", "pool/seg", "_0000", "a", "b");
        Describe("""
            "channel_names": {"0": "MRI"},
            "dataset": {"one": {"images": ["pool/img/a_0000.nii.gz"], "label": "pool/seg/a.nii.gz"},
                        "two": {"images": ["pool/img/b_0000.nii.gz"], "label": "pool/seg/b.nii.gz"}}
            """);
        Assert.Equal(["one", "two"], Open().Cases.Select(info => info.Id));
    }

    [Fact]
    public void PathsOutsideTheFolderNeedPermission()
    {
        Pairs("imagesTr", "labelsTr", "", "a");
        var (image, label) = (JsonSerializer.Serialize(folder.File("imagesTr/a.nii.gz")), JsonSerializer.Serialize(folder.File("labelsTr/a.nii.gz")));
        Describe($"\"modality\": \"MRI\", \"training\": [{{\"image\": {image}, \"label\": {label}}}]");
        Assert.Contains("--allow-outside", Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
        Assert.True(Assert.Single(DataSet.Open(folder.Path, new() { AllowsOutside = true }).Cases).HasLabels);
    }

    [Fact]
    public void TheIgnoreLabelIsNoObject()
    {
        Pairs("imagesTr", "labelsTr", "_0000", "a");
        Describe("\"channel_names\": {\"0\": \"MRI\"}, \"labels\": {\"background\": 0, \"ball\": 1, \"ignore\": 2}");
        var set = Open();
        Assert.Contains(set.Warnings, warning => warning.Contains("label 2 is named 'ignore'", StringComparison.Ordinal));
        Assert.Equal([(ushort)1], PreparedCase.Of(set.Cases[0].Load()).Foreground);
    }

    [Fact]
    public void UndeclaredLabelsAreNamedAndAnImageInTheirPlaceIsRefused()
    {
        Pairs("imagesTr", "labelsTr", "_0000", "a", "b");
        Describe("\"channel_names\": {\"0\": \"MRI\"}, \"labels\": {\"background\": 0, \"ball\": 1}");
        Assert.Contains("the values 2 are not declared", Assert.Single(Open().Cases[0].Load().Warnings), StringComparison.Ordinal);
        var grid = DataFolders.Geometry;
        NiftiWriter.WriteLabels(folder.File("labelsTr/b.nii.gz"), new(grid, [.. Enumerable.Range(0, (int)grid.Size.Count).Select(i => i % 300)]));
        Assert.Contains(
            "Was an image given in the place of labels?", Assert.Throws<InvalidDataException>(() => Open().Cases[1].Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ChallengeFilesLieInFoldersWithAnyLettersAndTheirTruthElsewhere()
    {
        Directory.CreateDirectory(folder.File("val/MR/set"));
        Directory.CreateDirectory(folder.File("truth"));
        DataFolders.Npz(folder.File("val/MR/set/case.npz"), [2, 1.25, 1.5], withLabels: false);
        DataFolders.Npz(folder.File("truth/case.npz"), [2, 1.25, 1.5]);
        File.Move(folder.File("val/MR/set/case.npz"), folder.File("val/MR/set/case_1.NPZ"));
        File.Move(folder.File("truth/case.npz"), folder.File("truth/case_1.NPZ"));
        var alone = Assert.Single(DataSet.Open(folder.File("val")).Cases);
        Assert.Equal((Modality.MRI, false), (alone.Modality, alone.HasLabels));
        var scored = Assert.Single(DataSet.Open(folder.File("val"), new() { Truth = folder.File("truth") }).Cases);
        Assert.Equal(DataFolders.Labels(0).Voxels, scored.Load().Labels!.Voxels);
    }

    [Fact]
    public void ASurveyNamesWhatCannotBeUsedAndKeepsTheRest()
    {
        Pairs("imagesTr", "labelsTr", "_0000", "a", "b", "c", "d");
        Describe("\"channel_names\": {\"0\": \"MRI\"}");
        var half = folder.File("imagesTr/b_0000.nii.gz");
        var bytes = File.ReadAllBytes(half);
        File.WriteAllBytes(half, bytes[..(bytes.Length / 2)]);
        NiftiWriter.Write(folder.File("imagesTr/c_0000.nii.gz"), new Volume<float>(DataFolders.Geometry, new float[DataFolders.Size.Count]));
        NiftiWriter.WriteLabels(folder.File("labelsTr/d.nii.gz"), new(DataFolders.Geometry, new int[DataFolders.Size.Count]));
        var recipe = TrainingPresets.Get("tiny");
        var survey = CaseSurvey.Of(Open().Cases, new(null), recipe.Model, recipe.Training);
        Assert.Equal(["a", "d"], survey.Usable.Select(info => info.Id));
        Assert.Equal(["b", "c"], survey.LeftOut.Select(left => left.Case.Id));
        Assert.Contains("there is nothing to see", survey.LeftOut[1].Reason, StringComparison.Ordinal);
        Assert.Contains(survey.Warnings, warning => warning.StartsWith("Case 'd': its labels mark nothing", StringComparison.Ordinal));
        Assert.Equal(2, survey.Reach.Labels);
    }

    public void Dispose() => folder.Dispose();

    private DataSet Open() => DataSet.Open(folder.Path);

    private void Describe(string members) => File.WriteAllText(folder.File("dataset.json"), $"{{{members}, \"file_ending\": \".nii.gz\"}}");

    private void Pairs(string images, string labels, string suffix, params string[] ids)
    {
        foreach (var id in ids)
        {
            DataFolders.Case(folder.Path, $"{images}/{id}{suffix}.nii.gz", $"{labels}/{id}.nii.gz");
        }
    }
}
