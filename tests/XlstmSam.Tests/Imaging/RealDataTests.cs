using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

/// <summary>Every NIfTI and npz of the real scans beside the repository can be read and agrees with its partner.</summary>
[Thorough]
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
        foreach (var path in Directory.EnumerateFiles(PartOrSkip("npz"), "*.npz"))
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

    /// <summary>The npz images were scaled from the NIfTI ones by another program: ours agree to one grey level of its rounding.</summary>
    [Theory]
    [InlineData("nifti/ct/ts_abdomen_image.nii.gz", "npz/CT_ts_abdomen.npz")]
    [InlineData("nifti/mri/hippocampus_001_image.nii.gz", "npz/MRI_hippocampus_001.npz")]
    [InlineData("nifti/pet/STS_001_PET_image.nii.gz", "npz/PET_STS_001_PET.npz")]
    public void ScalingAgreesWithTheNpz(string nifti, string npz)
    {
        var image = NiftiReader.ReadImage(PartOrSkip(nifti));
        var expected = ChallengeCase.Read(PartOrSkip(npz));
        var scaled = Intensity.ToByteRange(image.Volume, ModalityNames.OfFile(npz), Intensity.OriginOf(image.Header)).Voxels;
        Assert.Equal(image.Volume.Size, expected.Geometry(SpacingOrder.Xyz).Size);
        Assert.Equal(0, (image.Volume.Geometry.Spacing - expected.Geometry(SpacingOrder.Xyz).Spacing).Length, 1e-4);
        var theirs = expected.Image(SpacingOrder.Xyz).Voxels;
        for (var i = 0; i < scaled.Length; i++)
        {
            Assert.InRange(Math.Abs(scaled[i] - theirs[i]), 0, 1.01);
        }
    }

    private static string DataOrSkip()
    {
        var folder = SharedData.TryFind();
        Assert.SkipUnless(folder is not null, "no real scans: see docs/guide/test-data.md");
        return folder!;
    }

    private static string PartOrSkip(string part)
    {
        var path = Path.Combine(DataOrSkip(), part);
        Assert.SkipUnless(Path.Exists(path), $"the real scans have no {part}: see docs/guide/test-data.md");
        return path;
    }
}
