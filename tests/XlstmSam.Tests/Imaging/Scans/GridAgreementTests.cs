using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class GridAgreementTests
{
    private static readonly Affine3 Oblique = new(new(0.8, 0.1, 0), new(-0.15, 1.2, 0.2), new(0.05, -0.4, 2.5), new(-30, 12, 7));

    private static readonly int[][] Orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    [Fact]
    public void VoxelsStoredInAnyOfTheOrdersAndDirectionsAreReorderedExactly()
    {
        var image = new VolumeGeometry(new(4, 3, 5), Oblique);
        var labels = Numbered(image);
        foreach (var axes in Orders)
        {
            for (var flips = 0; flips < 8; flips++)
            {
                var stored = new AxisMap(image, axes, [(flips & 1) != 0, (flips & 2) != 0, (flips & 4) != 0]).Apply(labels);
                Assert.Equal(labels.Voxels, GridAgreement.Align(stored, image, "labels").Voxels);
            }
        }
    }

    [Fact]
    public void OneSliceIsTheSameGridWhateverItsThicknessIsSaidToBe()
    {
        var image = new VolumeGeometry(new(4, 3, 1), Affine3.Scale(1, 1, 5));
        var thin = Numbered(new(new(4, 3, 1), new(new(-1, 0, 0), new(0, 1, 0), new(0, 0, 1), new(3, 0, 0))));
        Assert.Equal([3, 2, 1, 0], GridAgreement.Align(thin, image, "labels").Voxels[..4]);
    }

    [Theory]
    [InlineData(0.4, true)]
    [InlineData(0.6, false)]
    public void HalfAVoxelIsTheLimitForBothOrders(double shift, bool fits)
    {
        var image = new VolumeGeometry(new(6, 6, 6), Affine3.Scale(2, 2, 2));
        var same = Numbered(new(image.Size, image.VoxelToWorld with { Origin = new(2 * shift, 0, 0) }));
        var turned = Numbered(new(image.Size, new(new(-2, 0, 0), new(0, 2, 0), new(0, 0, 2), new(10 + (2 * shift), 0, 0))));
        foreach (var labels in new[] { same, turned })
        {
            if (fits)
            {
                Assert.Equal(image, GridAgreement.Align(labels, image, "labels").Geometry);
            }
            else
            {
                Assert.Contains(
                    "Resample", Assert.Throws<InvalidDataException>(() => GridAgreement.Align(labels, image, "labels")).Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(5, 4, 3, 1)]
    [InlineData(3, 4, 5, 2)]
    [InlineData(6, 6, 6, 1)]
    public void AnotherGridIsRefusedWithNumbersThatAreNumbers(int x, int y, int z, double spacing)
    {
        var image = new VolumeGeometry(new(3, 4, 5), Affine3.Scale(1, 1, 1));
        var labels = Numbered(new(new(x, y, z), Affine3.Scale(spacing, spacing, spacing)));
        var message = Assert.Throws<InvalidDataException>(() => GridAgreement.Align(labels, image, "labels")).Message;
        Assert.DoesNotContain("NaN", message, StringComparison.Ordinal);
        Assert.Contains("is not that of the image", message, StringComparison.Ordinal);
    }

    private static Volume<int> Numbered(VolumeGeometry geometry) => new(geometry, [.. Enumerable.Range(0, (int)geometry.Size.Count)]);
}
