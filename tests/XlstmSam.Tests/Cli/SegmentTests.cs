using System.Globalization;
using XlstmSam.Cli;
using XlstmSam.Imaging;
using XlstmSam.Models;
using XlstmSam.Tests.Imaging;

namespace XlstmSam.Tests.Cli;

public sealed class SegmentTests(PhantomFiles files) : IClassFixture<PhantomFiles>
{
    private const string OnObject = "20,30,15,+";
    private const string Beside = "40,10,20,-";

    [Fact]
    public void TheMaskHasTheGeometryOfTheImage()
    {
        var run = Segment(files.Nifti, "geometry.nii.gz", "--point", OnObject, "--preview", files.File("geometry.png")).Ok();
        var (image, mask) = (NiftiReader.ReadImage(files.Nifti), NiftiReader.ReadLabels(files.File("geometry.nii.gz")));
        Assert.Equal(image.Volume.Geometry, mask.Volume.Geometry);
        Assert.Equal(image.Header with { DataTypeCode = 2, Slope = 1 }, mask.Header with { PixDim = image.Header.PixDim, DataTypeCode = 2, Slope = 1 });
        Assert.All(mask.Volume.Voxels, voxel => Assert.InRange(voxel, 0, 1));
        Assert.StartsWith($"{mask.Volume.Voxels.Sum().ToString("N0", CultureInfo.InvariantCulture)} voxels", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains("Modality CT (the manifest), window -160 to 240 HU.", run.Error, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(files.File("geometry.png"))[..4]);
    }

    [Fact]
    public void VoxelsAndMillimetresAgree()
    {
        Segment(files.Nifti, "voxel.nii.gz", "--point", OnObject, "--point", Beside).Ok();
        var geometry = NiftiReader.ReadGeometry(files.Nifti);
        Segment(files.Nifti, "mm.nii.gz", "--space", "mm", "--point", $"{World(geometry, 20, 30, 15)},+", "--point", $"{World(geometry, 40, 10, 20)},-").Ok();
        Assert.Equal(Voxels("voxel.nii.gz"), Voxels("mm.nii.gz"));
        Assert.Contains(Voxels("voxel.nii.gz"), voxel => voxel != 0);
    }

    [Fact]
    public void NpzAndNiftiOfTheSameNumbersGiveTheSameMask()
    {
        // The npz stores whole numbers, so both files are made from those.
        var npz = ChallengeCase.Read(files.Npz);
        NiftiWriter.Write(files.File("same.nii"), npz.Image(SpacingOrder.Array));
        npz.Write(files.File("CT_same.npz"));
        Segment(files.File("CT_same.npz"), "same.npz", "--point", OnObject, "--spacing-order", "array").Ok();
        Segment(files.File("CT_same.npz"), "same_npz.nii.gz", "--point", OnObject, "--spacing-order", "array").Ok();
        Segment(files.File("same.nii"), "same_nifti.npz", "--point", OnObject, "--window", "255,127.5").Ok();
        using var archive = NpzArchive.Open(files.File("same.npz"));
        var segs = archive.Read("segs");
        Assert.Equal(npz.Imgs!.Shape, segs.Shape);
        Assert.Equal(Voxels("same_npz.nii.gz"), segs.ToIntegers("segs"));
        using var other = NpzArchive.Open(files.File("same_nifti.npz"));
        Assert.Equal(segs.ToIntegers("segs"), other.Read("segs").ToIntegers("segs"));
    }

    [Fact]
    public void TypedPromptsGiveWhatOptionsGive()
    {
        Segment(files.Nifti, "batch.nii.gz", "--point", OnObject, "--point", Beside, "--box", "10,20,10,30,40,25").Ok();
        var run = Interactive("+ 20 30 15\n- 40,10,20\nbox 10 20 10 30 40 25\n", "--out", files.File("typed.nii.gz")).Ok();
        Assert.Equal(Voxels("batch.nii.gz"), Voxels("typed.nii.gz"));
        Assert.Equal(3, run.Lines.Length);
        Assert.All(run.Lines, line => Assert.Matches("^[0-9]+ voxels, [0-9]+ ms", line));
        Assert.EndsWith(", encoded", run.Lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("encoded", run.Lines[1] + run.Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void UndoGoesBackAndBadLinesDoNotEndTheWork()
    {
        var run = Interactive(
            $"+ 20 30 15\nsave {files.File("first.nii.gz")}\n- 40 10 20\nundo\nwhat\n+ 1 2\n+ 900 1 1\nsave " +
            "/nowhere/x.nii\nreset\nundo\nundo\nundo\nquit\n+ 1 1 1\n").Ok();
        Assert.Equal(12, run.Lines.Length);
        Assert.StartsWith("Saved ", run.Lines[1], StringComparison.Ordinal);
        Assert.Equal(Count(run.Lines[0]), Count(run.Lines[3]));
        Assert.All(run.Lines[4..8], line => Assert.StartsWith("error: ", line, StringComparison.Ordinal));
        Assert.Contains("run from 0,0,0 to", run.Lines[6], StringComparison.Ordinal);
        Assert.Equal("No prompts.", run.Lines[8]);
        Assert.Equal(Count(run.Lines[0]), Count(run.Lines[9]));
        Assert.Equal("No prompts.", run.Lines[10]);
        Assert.Contains("nothing to undo", run.Lines[11], StringComparison.Ordinal);
        Assert.Equal(Count(run.Lines[0]), Voxels("first.nii.gz").Sum());
    }

    [Fact]
    public void AMaskIsAPromptOnItsOwn()
    {
        Segment(files.Nifti, "guess.nii.gz", "--mask", files.Nifti.Replace("_image", "_label", StringComparison.Ordinal)).Ok();
        var wrong = Segment(files.Nifti, "wrong.nii.gz", "--mask", Path.Combine(files.Data, "nifti", "phantom_MRI_000001_label.nii.gz"));
        Assert.Equal(ExitCode.BadInput, wrong.Code);
        Assert.Contains("is not that of the image", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAManifestTheValuesOrTheOptionsDecideTheModality()
    {
        File.Copy(files.Nifti, files.File("scan.nii.gz"), overwrite: true);
        Assert.Contains(
            "Modality CT (there are values below -200", Segment(files.File("scan.nii.gz"), "m.nii", "--point", OnObject).Ok().Error, StringComparison.Ordinal);
        Assert.Contains(
            "window -350 to", Segment(files.File("scan.nii.gz"), "m.nii", "--point", OnObject, "--window", "700,0").Ok().Error, StringComparison.Ordinal);
        Assert.Contains(
            "Modality MRI (--modality)",
            Segment(files.File("scan.nii.gz"), "m.nii", "--point", OnObject, "--modality", "mri").Ok().Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no prompt")]
    [InlineData("lies outside the image, whose voxels run from 0,0,0 to", "--point", "20,300,15,+")]
    [InlineData("lies outside the image, whose world extent", "--point", "20,300,15,+", "--space", "mm")]
    [InlineData("expected x,y,z,+", "--point", "20,30,+")]
    [InlineData("expected x0,y0,z0,x1,y1,z1", "--box", "1,2,3")]
    [InlineData("lies outside the image", "--box", "0,0,0,10,10,900")]
    [InlineData("expected voxel or mm", "--point", OnObject, "--space", "inch")]
    [InlineData("expected CT, MRI", "--point", OnObject, "--modality", "xray")]
    [InlineData("--window is for CT only", "--point", OnObject, "--modality", "mri", "--window", "soft")]
    [InlineData("expected soft, lung", "--point", OnObject, "--window", "wide")]
    [InlineData("no such file", "--mask", "/nowhere/m.nii")]
    public void BadPromptsAreCode2(string part, params string[] arguments)
    {
        var run = Segment(files.Nifti, "bad.nii.gz", arguments);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(files.File("bad.nii.gz")));
    }

    [Theory]
    [InlineData("mask.txt", "ends in .nii")]
    [InlineData("no/such/folder/mask.nii", "does not exist")]
    public void AMaskThatCannotBeWrittenIsRefusedBeforehand(string name, string part)
    {
        var run = Segment(files.Nifti, name, "--point", OnObject);
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFilesAreCode2()
    {
        File.WriteAllBytes(files.File("half.nii.gz"), File.ReadAllBytes(files.Nifti)[..5000]);
        File.WriteAllBytes(files.File("half.npz"), File.ReadAllBytes(files.Npz)[..5000]);
        File.WriteAllBytes(files.File("half.safetensors"), File.ReadAllBytes(files.Model)[..5000]);
        Assert.Equal(ExitCode.BadInput, Segment(files.File("half.nii.gz"), "m.nii", "--point", OnObject).Code);
        Assert.Equal(ExitCode.BadInput, Segment(files.File("half.npz"), "m.nii", "--point", OnObject).Code);
        Assert.Equal(
            ExitCode.BadInput,
            EngineRun.Of("segment", "--model", files.File("half.safetensors"), "--image", files.Nifti, "--point", OnObject, "--out", files.File("m.nii")).Code);
    }

    [Fact]
    public void AFileCannotAskForMoreThanItHolds()
    {
        var claims = new NiftiBytes(version: 2, big: false, dataType: 2, bits: 8, 2000, 1000, 1000) { Voxels = new byte[100] };
        File.WriteAllBytes(files.File("claims.nii"), claims.File);
        var image = Segment(files.File("claims.nii"), "m.nii", "--point", OnObject, "--memory", "1");
        Assert.Equal(ExitCode.BadInput, image.Code);
        Assert.Contains("truncated", image.Error, StringComparison.Ordinal);

        var paper = (XlstmSamConfig)Presets.Get("paper");
        var wide = paper with { DecoderMlp = 8192, Encoder = paper.Encoder with { Features = [8192, 8192, 8192, 8192, 8192] } };
        using (var stream = File.Create(files.File("claims.safetensors")))
        {
            SafeTensorsWriter.Write(stream, [("w", [1], () => [1f])], new Dictionary<string, string> { ["xlstmsam.model"] = ModelJson.Write(wide) });
        }

        var model = EngineRun.Of(
            "segment", "--model", files.File("claims.safetensors"), "--image", files.Nifti, "--point", OnObject, "--out", files.File("m.nii"));
        Assert.Equal(ExitCode.BadInput, model.Code);
        Assert.Contains("does not fit the model", model.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TheImageIsNeverOverwritten()
    {
        var image = files.File("precious.nii.gz");
        File.Copy(files.Nifti, image);
        File.CreateSymbolicLink(files.File("link.nii.gz"), image);
        Assert.Contains("is the image itself", Segment(image, "link.nii.gz", "--point", OnObject).Error, StringComparison.Ordinal);
        var run = EngineRun.WithInput($"+ 20 30 15\nsave {image}\n", "segment", "--model", files.Model, "--image", image, "--interactive").Ok();
        Assert.Contains("error: save", run.Lines[1], StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(files.Nifti), File.ReadAllBytes(image));
    }

    private EngineRun Segment(string image, string output, params string[] arguments) =>
        EngineRun.Of(["segment", "--model", files.Model, "--image", image, "--out", files.File(output), .. arguments]);

    private EngineRun Interactive(string input, params string[] arguments) =>
        EngineRun.WithInput(input, ["segment", "--model", files.Model, "--image", files.Nifti, "--interactive", .. arguments]);

    private int[] Voxels(string name) => NiftiReader.ReadLabels(files.File(name)).Volume.Voxels;

    private static int Count(string answer) => int.Parse(answer.Split(' ')[0], CultureInfo.InvariantCulture);

    private static string World(VolumeGeometry geometry, double x, double y, double z)
    {
        var p = geometry.ToWorld(new(x, y, z));
        return FormattableString.Invariant($"{p.X:R},{p.Y:R},{p.Z:R}");
    }
}
