using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

/// <summary>Every NIfTI and npz of the real scans beside the repository can be read and agrees with its partner.</summary>
public sealed class RealDataTests
{
    [Fact]
    public void EveryNiftiCanBeRead()
    {
        var count = 0;
        foreach (var path in Directory.EnumerateFiles(DataOrSkip(), "*.nii*", SearchOption.AllDirectories))
        {
            if (path.Contains("label", StringComparison.Ordinal) || path.Contains("mask", StringComparison.Ordinal))
            {
                Assert.NotEmpty(NiftiReader.ReadLabels(path).Volume.Voxels);
            }
            else
            {
                Assert.NotEmpty(NiftiReader.ReadImage(path).Volume.Voxels);
            }

            count++;
        }

        Assert.NotEqual(0, count);
    }

    [Fact]
    public void EveryNpzCanBeRead()
    {
        var count = 0;
        foreach (var path in Directory.EnumerateFiles(Path.Combine(DataOrSkip(), "npz"), "*.npz"))
        {
            var read = ChallengeCase.Read(path);
            Assert.NotEmpty(read.Image(SpacingOrder.Xyz).Voxels);
            if (read.Gts is not null)
            {
                var labels = read.Labels(SpacingOrder.Xyz);
                Assert.Equal(labels.Voxels.Max(), read.Boxes!.Count);
            }

            count++;
        }

        Assert.NotEqual(0, count);
    }

    private static string DataOrSkip()
    {
        var folder = SharedData.TryFind();
        Assert.SkipUnless(folder is not null, "no real scans: set XSAM_DATA or put them in ../shared/data");
        return folder!;
    }
}
