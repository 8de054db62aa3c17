using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class ScanDescriptionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AManifestSpeaksForTheFilesItListsAlsoThroughLinks()
    {
        Write("manifest.json", """{"version": 1, "cases": [{"id": "a", "modality": "US-dummy", "image": "nifti/a.nii.gz", "spacing": [1, 2, 3]}]}""");
        Write("nifti/a.nii.gz", "");
        Directory.CreateSymbolicLink(folder.File("elsewhere"), folder.File("nifti"));
        File.CreateSymbolicLink(folder.File("b.nii.gz"), "nifti/a.nii.gz");
        foreach (var path in new[] { "nifti/a.nii.gz", "nifti/../nifti/a.nii.gz", "elsewhere/a.nii.gz", "b.nii.gz" })
        {
            var found = ScanDescription.Find(folder.File(path));
            Assert.Equal("US-dummy", found?.Modality);
            Assert.Equal([1, 2, 3], found!.Spacing!);
        }

        Assert.Null(ScanDescription.Find(folder.File("nifti/b.nii.gz")));
    }

    [Fact]
    public void ADatasetJsonSpeaksForItsImageFoldersAndForWhatItLists()
    {
        Write("dataset.json", """{"channel_names": {"0": "T2", "1": "ADC"}, "training": [{"image": "./data/c.nii.gz", "label": "./data/l.nii.gz"}]}""");
        foreach (var name in new[] { "imagesTr/a_0000.nii.gz", "imagesTr/a_0001.nii.gz", "imagesTs/b.nii.gz", "data/c.nii.gz", "data/l.nii.gz" })
        {
            Write(name, "");
        }

        Assert.Equal("T2", ScanDescription.Find(folder.File("imagesTr/a_0000.nii.gz"))?.Modality);
        Assert.Equal("ADC", ScanDescription.Find(folder.File("imagesTr/a_0001.nii.gz"))?.Modality);
        Assert.Equal("T2", ScanDescription.Find(folder.File("imagesTs/b.nii.gz"))?.Modality);
        Assert.Equal("T2", ScanDescription.Find(folder.File("data/c.nii.gz"))?.Modality);
        Assert.Null(ScanDescription.Find(folder.File("data/l.nii.gz")));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[1, 2]")]
    [InlineData("""{"cases": 3}""")]
    [InlineData("""{"cases": [{"name": "of another program"}]}""")]
    [InlineData("""{"version": 99, "cases": []}""")]
    [InlineData("""{"version": "1.0.0", "name": "a web page"}""")]
    [InlineData("""{"version": 1, "cases": [{"id": "\ud800"}]}""")]
    public void AManifestOfAnotherProgramDecidesNothingAndHidesNothingAbove(string foreign)
    {
        Write("manifest.json", """{"version": 1, "cases": [{"id": "a", "modality": "CT", "image": "in/a.nii.gz"}]}""");
        Write("in/manifest.json", foreign);
        Write("in/a.nii.gz", "");
        Assert.Equal("CT", ScanDescription.Find(folder.File("in/a.nii.gz"))?.Modality);
    }

    [Fact]
    public void AManifestThatMayNotBeReadDecidesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such permissions.");
        Write("manifest.json", """{"version": 1, "cases": [{"id": "a", "modality": "CT", "image": "b.nii.gz"}]}""");
        Write("in/a.nii.gz", "");
        Directory.CreateDirectory(folder.File("in/manifest.json"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.File("manifest.json"), UnixFileMode.None);
        }

        Assert.Null(ScanDescription.Find(folder.File("in/a.nii.gz")));
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        File.WriteAllText(folder.File(name), text);
    }
}
