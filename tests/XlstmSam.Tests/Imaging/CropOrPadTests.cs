using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class CropOrPadTests
{
    [Fact]
    public void AgreesWithTheFixture()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(SharedData.Fixture("parity", "crop_or_pad.json")));
        foreach (var item in json.RootElement.GetProperty("cases").EnumerateArray())
        {
            var (low, high) = (Triple(item, "bbox_min"), Triple(item, "bbox_max_exclusive"));
            var (shape, target) = (Triple(item, "shape"), Triple(item, "target"));
            var window = CropOrPad.Around(new(shape.X, shape.Y, shape.Z), new(target.X, target.Y, target.Z), new(low, high));
            Assert.Equal(Numbers(item, "pad"), window.Pad);
            Assert.Equal(Numbers(item, "crop"), window.Crop);
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(6, 5, 4)]
    [InlineData(3, 0, 2)]
    public void VoxelsKeepTheirPlaceInTheWorld(int x, int y, int z)
    {
        var source = new Volume<int>(new(new(7, 6, 5), Affine3.Scale(1, 2, 3)), [.. Enumerable.Range(1, 210)]);
        var window = CropOrPad.Around(source.Size, new(4, 9, 5), new(new(x, y, z), new(x + 1, y + 1, z + 1)));
        var cut = window.Apply(source, -1);
        for (var i = 0; i < cut.Voxels.Length; i++)
        {
            var at = new VoxelIndex(i % 4, i / 4 % 9, i / 36);
            var from = source.Geometry.VoxelAt(cut.Geometry.ToWorld(at.ToVector()));
            Assert.Equal(from is { } voxel ? source[voxel] : -1, cut[at]);
        }

        var restored = new Volume<int>(source.Geometry, new int[210]);
        window.Restore(cut, restored);
        for (var i = 0; i < 210; i++)
        {
            Assert.Equal(cut.Voxels.Contains(i + 1) ? i + 1 : 0, restored.Voxels[i]);
        }
    }

    [Fact]
    public void TheBoxAroundAMask()
    {
        var mask = new Volume<byte>(new(new(4, 5, 6), Affine3.Identity), new byte[120]);
        Assert.Null(VoxelBox.Around(mask));
        mask[1, 4, 2] = 1;
        mask[3, 2, 3] = 7;
        Assert.Equal(new VoxelBox(new(1, 2, 2), new(4, 5, 4)), VoxelBox.Around(mask));
        Assert.Equal(new VoxelIndex(-1, 0, 1), CropOrPad.Centred(new(4, 5, 6), new(6, 5, 4)).Begin);
    }

    private static VoxelIndex Triple(JsonElement item, string name) => Numbers(item, name) is [var x, var y, var z] ? new(x, y, z) : default;

    private static int[] Numbers(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(n => n.GetInt32())];
}
