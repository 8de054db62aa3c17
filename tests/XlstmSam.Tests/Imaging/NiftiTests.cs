using System.IO.Compression;
using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class NiftiTests
{
    public static TheoryData<int, bool, int, int> Layouts()
    {
        var layouts = new TheoryData<int, bool, int, int>();
        foreach (var version in new[] { 1, 2 })
        {
            foreach (var big in new[] { false, true })
            {
                foreach (var (code, bits) in new[] { (2, 8), (4, 16), (8, 32), (16, 32), (64, 64), (256, 8), (512, 16), (768, 32), (1024, 64), (1280, 64) })
                {
                    layouts.Add(version, big, code, bits);
                }
            }
        }

        return layouts;
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void ReadsEveryTypeVersionAndByteOrder(int version, bool big, int code, int bits)
    {
        var file = new NiftiBytes(version, big, code, bits, 2, 1, 2) { Voxels = Encode(code, big, [0, 1, 100, 127]) };
        Assert.Equal([0f, 1, 100, 127], Image(file.File).Volume.Voxels);
        Assert.Equal([0, 1, 100, 127], Labels(file.File).Volume.Voxels);
        file.Scaling(2, -3);
        Assert.Equal([-3f, -1, 197, 251], Image(file.File).Volume.Voxels);
        file.Scaling(0, 5);
        Assert.Equal([0f, 1, 100, 127], Image(Compress(file.File)).Volume.Voxels);
        file.Scaling(double.NaN, 5);
        Assert.Equal([0f, 1, 100, 127], Image(file.File).Volume.Voxels);
    }

    [Fact]
    public void FirstAxisIsFastest()
    {
        var read = Image(new NiftiBytes(1, false, 2, 8, 2, 3, 2) { Voxels = [.. Enumerable.Range(0, 12).Select(i => (byte)i)] }.File);
        Assert.Equal(1 + (2 * (2 + (3 * 1))), read.Volume[1, 2, 1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SformThenQformThenVoxelSizes(int version)
    {
        var file = new NiftiBytes(version, false, 2, 8, 2, 2, 2) { Voxels = new byte[8] };
        file.PixDim(1, 2);
        file.PixDim(2, 3);
        file.PixDim(3, 4);
        Assert.Equal(Affine3.Scale(2, 3, 4), Image(file.File).Volume.Geometry.VoxelToWorld);

        // Half a turn about z: x and y are reversed. pixdim[0] < 0 reverses z.
        file.Qform(1, 0, 0, 1, 10, 20, 30);
        file.PixDim(0, -1);
        Assert.Equal(new Affine3(new(-2, 0, 0), new(0, -3, 0), new(0, 0, -4), new(10, 20, 30)), Image(file.File).Volume.Geometry.VoxelToWorld);

        file.Sform(2, 0, 1, 0, 5, 1, 0, 0, 6, 0, 0, 1, 7);
        var sform = new Affine3(new(0, 1, 0), new(1, 0, 0), new(0, 0, 1), new(5, 6, 7));
        Assert.Equal(sform, Image(file.File).Volume.Geometry.VoxelToWorld);

        file.Units(1);
        Assert.Equal(new Vector3d(1000, 1000, 1000), Image(file.File).Volume.Geometry.Spacing);
        file.Units(3 + 8);
        Assert.Equal(0.007, Image(file.File).Volume.Geometry.VoxelToWorld.Origin.Z, 1e-12);
    }

    [Fact]
    public void AnUnusableSformGivesWayToTheQformOrIsRefused()
    {
        var file = new NiftiBytes(1, false, 2, 8, 2, 2, 2) { Voxels = new byte[8] };
        file.Sform(1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0);
        Assert.Contains("no usable axes", Refusal(file.File), StringComparison.Ordinal);
        file.Qform(1, 0, 0, 0, 1, 2, 3);
        Assert.Equal(new Vector3d(1, 2, 3), Image(file.File).Volume.Geometry.VoxelToWorld.Origin);
        file.Sform(1, double.NaN, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
        Assert.Equal(new Vector3d(1, 2, 3), Image(file.File).Volume.Geometry.VoxelToWorld.Origin);
    }

    [Fact]
    public void SlicesAndFourDimensions()
    {
        var slice = new NiftiBytes(1, false, 2, 8, 2, 2) { Voxels = [1, 2, 3, 4] };
        slice.PixDim(3, 0);
        Assert.Equal(new Size3(2, 2, 1), Image(slice.File).Volume.Size);

        var one = new NiftiBytes(1, false, 2, 8, 2, 1, 1, 1) { Voxels = [1, 2] };
        Assert.Equal([1f, 2], Image(one.File).Volume.Voxels);

        var several = new NiftiBytes(1, false, 2, 8, 2, 1, 1, 3) { Voxels = [1, 2, 3, 4, 5, 6] };
        Assert.Contains("holds 3 volumes", Refusal(several.File), StringComparison.Ordinal);
        Assert.Equal([5f, 6], NiftiReader.ReadImage(new MemoryStream(several.File), "a.nii", 2).Volume.Voxels);
        Assert.Throws<InvalidDataException>(() => NiftiReader.ReadImage(new MemoryStream(several.File), "a.nii", 3));
    }

    [Fact]
    public void ExtensionsAreSkipped()
    {
        var file = new NiftiBytes(1, false, 2, 8, 2, 1, 1) { Voxels = [.. new byte[16], 8, 9] };
        file.VoxelOffset(352 + 16);
        file.Header[348] = 1;
        Assert.Equal([8f, 9], Image(file.File).Volume.Voxels);
    }

    [Fact]
    public void LabelsAreWholeNumbers()
    {
        var file = new NiftiBytes(1, false, 16, 32, 2, 1, 1) { Voxels = [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(0.5f)] };
        Assert.Contains("0.5", Assert.Throws<InvalidDataException>(() => Labels(file.File)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.nii")]
    [InlineData("a.nii.gz")]
    [InlineData("a.hdr")]
    [InlineData("a.img.gz")]
    public void AMaskKeepsTheGeometryOfItsImageBitForBit(string name)
    {
        using var folder = new TemporaryFolder();
        foreach (var version in new[] { 1, 2 })
        {
            var file = new NiftiBytes(version, version == 1, 4, 16, 2, 3, 4) { Voxels = new byte[48] };
            file.PixDim(0, -1);
            file.PixDim(1, 0.1);
            file.PixDim(4, 2.5);
            file.Units(2 + 16);
            file.Qform(2, 0.1, 0.2, 0.3, -1.1, 2.2, 3.3);
            file.Sform(3, 0.1, 0.01, 0, 5.5, 0, 1, 0.02, 6.6, 0, 0, 1, 7.7);
            var image = Image(file.File);
            var labels = Enumerable.Range(0, 24).ToArray();
            var path = folder.File(name);
            NiftiWriter.WriteLabels(path, new(image.Volume.Geometry, labels), image.Header);
            var read = NiftiReader.ReadLabels(path);
            Assert.Equal(labels, read.Volume.Voxels);
            Assert.Equal(image.Volume.Geometry, read.Volume.Geometry);
            Assert.Equal(image.Header.PixDim, read.Header.PixDim);
            Assert.Equal(
                image.Header with
                {
                    PixDim = read.Header.PixDim,
                    DataTypeCode = 2,
                    Slope = 1,
                    Intercept = 0,
                    IsBigEndian = false,
                    IsPair = name[2] != 'n',
                    VoxelOffset = read.Header.VoxelOffset,
                },
                read.Header);
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(folder.Path), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(255, 2)]
    [InlineData(256, 512)]
    [InlineData(65536, 8)]
    [InlineData(-1, 8)]
    public void LabelsTakeTheSmallestTypeThatHoldsThem(int label, int code)
    {
        using var folder = new TemporaryFolder();
        NiftiWriter.WriteLabels(folder.File("a.nii"), new(new(new(1, 1, 2), Affine3.Identity), [0, label]));
        var read = NiftiReader.ReadLabels(folder.File("a.nii"));
        Assert.Equal(code, read.Header.DataTypeCode);
        Assert.Equal([0, label], read.Volume.Voxels);
    }

    [Fact]
    public void EveryVoxelTypeSurvivesARoundTrip()
    {
        RoundTrip<byte>([0, 255]);
        RoundTrip<sbyte>([-128, 127]);
        RoundTrip<short>([-32768, 32767]);
        RoundTrip<ushort>([0, 65535]);
        RoundTrip<int>([int.MinValue, 1 << 30]);
        RoundTrip<uint>([0, 1u << 31]);
        RoundTrip<long>([-1L << 40, 1L << 40]);
        RoundTrip<ulong>([0, 1UL << 50]);
        RoundTrip<float>([-1.5f, 3e30f]);
        RoundTrip<double>([-1.5, 1e-10]);
    }

    [Fact]
    public void AHeaderMadeFromAGeometryGivesItBackThroughSformAndQform()
    {
        var turned = new Affine3(new(0, 2, 0), new(0, 0, -1.5), new(-3, 0, 0), new(1, 2, 3));
        var header = NiftiHeader.For(new(new(2, 2, 2), turned));
        using var memory = new MemoryStream();
        foreach (var like in new[] { header, header with { SformCode = 0 } })
        {
            memory.SetLength(0);
            NiftiWriter.Write(memory, new Volume<byte>(new(new(2, 2, 2), turned), new byte[8]), compress: false, like);
            var read = Image(memory.ToArray()).Volume.Geometry.VoxelToWorld;
            for (var axis = 0; axis < 3; axis++)
            {
                Assert.Equal(0, (read.Column(axis) - turned.Column(axis)).Length, 1e-6);
            }

            Assert.Equal(turned.Origin, read.Origin);
        }
    }

    [Theory]
    [InlineData(128, "RGB24")]
    [InlineData(1536, "float128")]
    [InlineData(32, "complex64")]
    [InlineData(77, "77")]
    public void OtherTypesAreRefusedByName(int code, string name) =>
        Assert.Contains(name, Refusal(new NiftiBytes(1, false, code, 8, 1, 1, 1) { Voxels = new byte[16] }.File), StringComparison.Ordinal);

    [Fact]
    public void AFailedWriteLeavesTheOldFileAndNoTemporary()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a"), "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.File("a"), s =>
        {
            s.WriteByte(1);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(folder.File("a")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    internal static byte[] Compress(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return memory.ToArray();
    }

    private static void RoundTrip<T>(T[] voxels)
        where T : unmanaged
    {
        using var memory = new MemoryStream();
        NiftiWriter.Write(memory, new Volume<T>(new(new(1, 2, 1), Affine3.Identity), voxels), compress: true);
        memory.Position = 0;
        var read = NiftiReader.ReadImage(memory, "a.nii.gz").Volume.Voxels;
        Assert.Equal(Array.ConvertAll(voxels, v => Convert.ToSingle(v, null)), read);
    }

    private static NiftiImage<float> Image(byte[] file) => NiftiReader.ReadImage(new MemoryStream(file), "a.nii");

    private static NiftiImage<int> Labels(byte[] file) => NiftiReader.ReadLabels(new MemoryStream(file), "a.nii");

    private static string Refusal(byte[] file) => Assert.Throws<InvalidDataException>(() => Image(file)).Message;

    private static byte[] Encode(int code, bool big, double[] values) => [.. values.SelectMany(v =>
    {
        byte[] bytes = code switch
        {
            2 => [(byte)v],
            256 => [(byte)(sbyte)v],
            4 => BitConverter.GetBytes((short)v),
            512 => BitConverter.GetBytes((ushort)v),
            8 => BitConverter.GetBytes((int)v),
            768 => BitConverter.GetBytes((uint)v),
            16 => BitConverter.GetBytes((float)v),
            64 => BitConverter.GetBytes(v),
            1024 => BitConverter.GetBytes((long)v),
            _ => BitConverter.GetBytes((ulong)v),
        };
        return big ? bytes.Reverse().ToArray() : bytes;
    })];
}
