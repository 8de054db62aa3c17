using XlstmSam.Cli;
using XlstmSam.Imaging;

namespace XlstmSam.Tests.Cli;

/// <summary>What segment says to scans that are not what they should be, and to paths that lead elsewhere than they seem to.</summary>
public sealed class ScanFaultTests(PhantomFiles files) : IClassFixture<PhantomFiles>
{
    private const string Click = "8,8,8,+";
    private static readonly Size3 Side = new(16, 16, 16);

    [Fact]
    public void AnImageWithoutContrastIsRefusedAndNothingIsWritten()
    {
        foreach (var (name, value) in new[] { ("nan", float.NaN), ("zero", 0f), ("seven", 7f) })
        {
            var run = Refused(Scan($"{name}.nii.gz", _ => value));
            Assert.Contains("nothing to see", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void NanVoxelsAreCounted() =>
        Assert.Contains("2 of 4,096 voxels are NaN", Segment(Scan("few.nii.gz", i => i < 2 ? float.NaN : i % 91)).Ok().Error, StringComparison.Ordinal);

    [Fact]
    public void ACtWithTheOffsetLeftInIsDoubtedAndOneInHounsfieldUnitsIsNot()
    {
        Assert.DoesNotContain("Hounsfield", Segment(Scan("hu.nii.gz", Hounsfield), "--modality", "ct").Ok().Error, StringComparison.Ordinal);
        var run = Segment(Scan("plus.nii.gz", i => Hounsfield(i) + 1024), "--modality", "ct").Ok();
        Assert.Contains("Hounsfield", run.Error, StringComparison.Ordinal);
        Assert.Contains("24 to 1423", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.004, "micrometres")]
    [InlineData(1000, "16 m")]
    public void AScanOfAnotherScaleIsToldSoWithNumbers(double spacing, string part)
    {
        var run = Segment(Scan(FormattableString.Invariant($"scale{spacing}.nii.gz"), i => i % 91, Affine3.Scale(spacing, spacing, spacing)));
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
        Assert.Contains("1.5 mm", run.Error, StringComparison.Ordinal);
        Assert.Contains("spacing 0", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TheScanIsNotReplacedThroughALinkedFolder()
    {
        var scan = Scan("precious.nii.gz", i => i % 91);
        var before = File.ReadAllBytes(scan);
        Directory.CreateSymbolicLink(files.File("way"), Path.GetDirectoryName(scan)!);
        foreach (var (image, output) in new[] { (scan, files.File("way/precious.nii.gz")), (files.File("way/precious.nii.gz"), scan) })
        {
            var run = EngineRun.Of("segment", "--model", files.Model, "--image", image, "--point", Click, "--out", output);
            Assert.Equal(ExitCode.BadInput, run.Code);
            Assert.Contains("is the image itself", run.Error, StringComparison.Ordinal);
        }

        File.CreateSymbolicLink(files.File("picture.png"), scan);
        Assert.Equal(ExitCode.BadInput, Segment(scan, "--preview", files.File("picture.png")).Code);
        Assert.Equal(before, File.ReadAllBytes(scan));
    }

    [Fact]
    public void AMaskOnTheSameVoxelsInAnotherOrderGivesTheSameAnswer()
    {
        var image = Scan("order.nii.gz", i => i % 91);
        var guess = new Volume<byte>(new(Side, Affine3.Identity), new byte[Side.Count]);
        guess[3, 4, 5] = guess[4, 4, 5] = guess[4, 5, 5] = 1;
        NiftiWriter.Write(files.File("ras.nii.gz"), guess);
        NiftiWriter.Write(files.File("lps.nii.gz"), new AxisMap(guess.Geometry, [1, 0, 2], [true, true, false]).Apply(guess));
        var masks = new List<int[]>();
        foreach (var order in new[] { "ras", "lps" })
        {
            EngineRun.Of(
                "segment", "--model", files.Model, "--image", image, "--mask", files.File($"{order}.nii.gz"), "--out", files.File($"from_{order}.nii.gz")).Ok();
            masks.Add(NiftiReader.ReadLabels(files.File($"from_{order}.nii.gz")).Volume.Voxels);
        }

        Assert.Equal(masks[0], masks[1]);
    }

    [Fact]
    public void AFolderAndAnArgumentThatIsNotUtf8AreRefusedWithTheReason()
    {
        Assert.Contains("it is a folder", Refused(Path.GetDirectoryName(files.Nifti)!).Error, StringComparison.Ordinal);
        Assert.Contains("not UTF-8", Refused(files.File("lat\uFFFD.nii.gz")).Error, StringComparison.Ordinal);
        Assert.Contains("not UTF-8", EngineRun.Of("evaluate", "--model", files.Model, "--data", "lat\uFFFD").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void PredictionsAreNotWrittenThroughLinksOrOverTheCases()
    {
        var cases = Directory.CreateDirectory(files.File("store")).FullName;
        File.Copy(files.Npz, Path.Combine(cases, "CT_1.npz"));
        var data = Directory.CreateDirectory(files.File("links")).FullName;
        File.CreateSymbolicLink(Path.Combine(data, "CT_1.npz"), Path.Combine(cases, "CT_1.npz"));
        var save = Directory.CreateDirectory(files.File("saved")).FullName;
        File.CreateSymbolicLink(Path.Combine(save, "CT_1.npz"), Path.Combine(cases, "CT_1.npz"));
        foreach (var place in new[] { cases, save })
        {
            var run = EngineRun.Of("evaluate", "--model", files.Model, "--data", data, "--save", place);
            Assert.Equal(ExitCode.BadInput, run.Code);
            Assert.Contains("which a prediction would replace", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(File.ReadAllBytes(files.Npz), File.ReadAllBytes(Path.Combine(cases, "CT_1.npz")));
    }

    private static float Hounsfield(int index) => index < 2000 ? -1000 : (index % 400);

    private string Scan(string name, Func<int, float> value, Affine3? affine = null)
    {
        var path = files.File(name);
        NiftiWriter.Write(path, new Volume<float>(new(Side, affine ?? Affine3.Identity), [.. Enumerable.Range(0, (int)Side.Count).Select(value)]));
        return path;
    }

    private EngineRun Segment(string image, params string[] arguments) =>
        EngineRun.Of(["segment", "--model", files.Model, "--image", image, "--point", Click, "--out", files.File("fault.nii.gz"), .. arguments]);

    private EngineRun Refused(string image)
    {
        File.Delete(files.File("fault.nii.gz"));
        var run = Segment(image);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.False(File.Exists(files.File("fault.nii.gz")));
        return run;
    }
}
