using System.Buffers.Binary;
using System.IO.Compression;
using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class PreviewTests
{
    [Fact]
    public void ShowsThreePlanesToScaleWithMaskAndClicks()
    {
        // L, P, I order, 1 x 1 x 4 mm, 40 x 20 x 10 voxels: panels of 384 x 192, 384 x 384 and 192 x 384 pixels.
        var geometry = new VolumeGeometry(new(40, 20, 10), Affine3.Scale(-1, -1, -4));
        var image = new Volume<float>(geometry, new float[8000]);
        var mask = new Volume<int>(geometry, new int[8000]);
        Array.Fill(image.Voxels, 100f);
        for (var i = 0; i < 1000; i++)
        {
            mask[i % 10, i / 10 % 10, i / 100] = 1;
        }

        using var memory = new MemoryStream();
        PreviewImage.Write(memory, image, new(20, 10, 5), mask, [new(new(30, 15, 5), true), new(new(35, 15, 5), false), new(new(30, 5, 1), true)]);
        var (width, height, rgb) = Decode(memory.ToArray());
        Assert.Equal((384 + 4 + 384 + 4 + 192, 384), (width, height));

        // Voxel x = 0 is the patient's right end here, so it is at the left of the picture; y = 0 is the front, at the top.
        Assert.InRange(Red(5, 5), 101, 254);
        Assert.NotEqual(Pixel(5, 5), Pixel(380, 180));
        Assert.Equal((100, 100, 100), Pixel(380, 180));
        Assert.Equal((0, 255, 0), Pixel(292, 148));
        Assert.Equal((255, 0, 0), Pixel(340, 148));

        int Red(int x, int y) => Pixel(x, y).Item1;
        (int, int, int) Pixel(int x, int y)
        {
            var at = (y * ((3 * width) + 1)) + 1 + (3 * x);
            return (rgb[at], rgb[at + 1], rgb[at + 2]);
        }
    }

    [Fact]
    public void AVoxelOutsideIsRefused() => Assert.Throws<ArgumentException>(() =>
        PreviewImage.Write(Stream.Null, new(new(new(1, 1, 1), Affine3.Identity), [1f]), new(1, 0, 0)));

    private static (int Width, int Height, byte[] Rows) Decode(byte[] png)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        using var zlib = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        return (width, height, rows.ToArray());
    }
}
