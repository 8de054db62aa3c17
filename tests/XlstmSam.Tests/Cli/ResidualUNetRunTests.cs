using XlstmSam.Cli;
using XlstmSam.Imaging;
using XlstmSam.Training;

namespace XlstmSam.Tests.Cli;

/// <summary>A residual U-Net through every verb: planned, trained, stopped and continued, asked by clicks, box, mask and typed prompts, evaluated.</summary>
public sealed class ResidualUNetRunTests(PhantomFiles files) : IClassFixture<PhantomFiles>
{
    private const string Smallest =
        """
        { "preset": "unet-tiny", "model": { "size": [8, 16, 12], "spacing": 4, "features": [4, 6], "blocks": [1, 1] },
          "training": { "steps": 3, "batch": 1, "targets": 1, "rounds": 2, "validationCases": 1 } }
        """;

    private const string OnObject = "20,30,15,+";

    [Fact]
    public void ARunGoesThroughEveryVerb()
    {
        var (whole, stopped) = (files.File("unet"), files.File("unet-stopped"));
        EngineRun.Of(Train(whole)).Ok();
        Assert.Equal(ExitCode.Interrupted, EngineRun.Cancelled(Train(stopped)).Code);
        EngineRun.Of("train", "--resume", stopped, "--cache", "none").Ok();
        Assert.Equal(File.ReadAllBytes(new RunFolder(whole).LastPath), File.ReadAllBytes(new RunFolder(stopped).LastPath));

        Assert.Contains("residual-unet; takes point, box, mask; gives one mask", EngineRun.Of("info", "--model", whole).Ok().Out, StringComparison.Ordinal);
        Assert.Contains("residual U-Net", File.ReadAllText(Path.Combine(whole, "model-card.md")), StringComparison.Ordinal);
        Assert.Contains("ConvTranspose3d", EngineRun.Of("plan", "--model", whole).Ok().Out, StringComparison.Ordinal);

        Segment("click.nii", "--point", OnObject).Ok();
        Segment("more.nii", "--point", OnObject, "--point", "40,10,20,-", "--box", "10,20,10,30,40,25").Ok();
        Segment("again.nii", "--point", OnObject, "--mask", Some("some.nii")).Ok();
        EngineRun.WithInput("+ 20 30 15\n- 40,10,20\nbox 10 20 10 30 40 25\n", "segment", "--model", whole, "--image", files.Nifti, "--interactive", "--out", files.File("typed.nii")).Ok();
        Assert.Equal(NiftiReader.ReadLabels(files.File("more.nii")).Volume.Voxels, NiftiReader.ReadLabels(files.File("typed.nii")).Volume.Voxels);
        EngineRun.Of("evaluate", "--model", whole, "--data", files.Data, "--out", files.File("scores.csv")).Ok();

        EngineRun Segment(string mask, params string[] prompts) => EngineRun.Of(["segment", "--model", whole, "--image", files.Nifti, "--out", files.File(mask), .. prompts]);
    }

    [Fact]
    public void StagesAreNamedAsTheModelHasThem()
    {
        var run = EngineRun.Of("plan", "--preset", "unet-tiny", "--recompute", "stem");
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("'stem' is not a stage of 'unet-tiny'; expected auto, all, none, or some of down0, down1, down2, up1, up0", run.Error, StringComparison.Ordinal);
        Assert.Contains("recompute down0,up0", EngineRun.Of("plan", "--preset", "unet-tiny", "--recompute", "up.0,down0").Ok().Out, StringComparison.Ordinal);
    }

    /// <summary>A mask of a few voxels on the image's grid.</summary>
    private string Some(string name)
    {
        var geometry = NiftiReader.ReadGeometry(files.Nifti);
        var voxels = new byte[geometry.Size.Count];
        for (var z = 10; z < 20; z++)
        {
            voxels.AsSpan((int)((((z * geometry.Size.Y) + 30) * geometry.Size.X) + 15), 10).Fill(1);
        }

        NiftiWriter.Write(files.File(name), new Volume<byte>(geometry, voxels));
        return files.File(name);
    }

    private string[] Train(string folder)
    {
        var config = files.File("unet.json");
        File.WriteAllText(config, Smallest);
        return ["train", "--config", config, "--data", files.Data, "--out", folder, "--cache", "none"];
    }
}
