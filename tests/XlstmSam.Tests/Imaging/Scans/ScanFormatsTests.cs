using XlstmSam.Imaging;
using XlstmSam.Tests.Fixtures;

namespace XlstmSam.Tests.Imaging;

public sealed class ScanFormatsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("scan.nii", "NIfTI")]
    [InlineData("SCAN.NII.GZ", "NIfTI")]
    [InlineData("scan.Hdr", "NIfTI")]
    [InlineData("CT_1.NPZ", "challenge npz")]
    public void TheEndingInAnyCaseOfLettersTellsTheFormat(string name, string format) => Assert.Equal(format, ScanFormats.OfName(name)?.Name);

    [Fact]
    public void AFileWithoutAKnownEndingIsToldByHowItBegins()
    {
        var mask = new Volume<byte>(new(new(8, 9, 10), Affine3.Scale(1, 2, 3)), new byte[720]);
        foreach (var (ending, format) in new[] { (".nii", "NIfTI"), (".nii.gz", "NIfTI"), (".npz", "challenge npz") })
        {
            ScanFormats.OfName(ending)!.WriteMask(folder.File("mask" + ending), mask, null);
            File.Copy(folder.File("mask" + ending), folder.File("stored"), overwrite: true);
            Assert.Equal(format, ScanFormats.Of(folder.File("stored"), "Image").Name);
        }
    }

    [Fact]
    public void AMaskOfEveryFormatIsReadBackOnItsImage()
    {
        var geometry = new VolumeGeometry(new(3, 2, 2), new(new(-1, 0, 0), new(0, 0, 2), new(0, 3, 0), new(5, 6, 7)));
        var mask = new Volume<byte>(geometry, [0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1]);
        foreach (var format in ScanFormats.All)
        {
            Assert.Empty(format.MaskExtensions.Except(format.Extensions));
            foreach (var ending in format.MaskExtensions)
            {
                format.WriteMask(folder.File("m" + ending), mask, null);
                Assert.Equal(mask.Voxels, ScanFormats.ReadLabelsOn(folder.File("m" + ending), geometry, "--mask").Voxels.Select(v => (byte)v));
            }
        }
    }

    /// <summary>A further format is its folder and a line in ScanFormats: nothing else in the product names a format's class.</summary>
    [Fact]
    public void AFormatIsItsFolderAndOneLine()
    {
        var root = FixtureRoot.Repository;
        foreach (var format in ScanFormats.All.Select(format => format.GetType().Name))
        {
            var naming = new[] { "engine", "kernels", "training", "tools" }
                .SelectMany(part => Directory.GetFiles(Path.Combine(root, part), "*.cs", SearchOption.AllDirectories))
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && File.ReadAllText(file).Contains(format, StringComparison.Ordinal))
                .Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);
            Assert.Equal(new[] { $"{format}.cs", "ScanFormats.cs" }.Order(StringComparer.Ordinal), naming);
        }
    }
}
