using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class IntensityTests
{
    [Fact]
    public void CtGoesThroughItsWindow()
    {
        var ct = Line(-1000, -160, 40, 240, 3000, float.NaN);
        Assert.Equal([0, 0, 127.5f, 255, 255, 102], Intensity.ToByteRange(ct, Modality.CT, IntensityOrigin.Measured).Voxels);
        Assert.Equal(-1000, ct.Voxels[0]);
        var lung = Intensity.ToByteRange(ct, Modality.CT, IntensityOrigin.Npz, CtWindow.Lung);
        Assert.Equal(127.5f, lung.Voxels[1]);
        Assert.Equal(Modality.CT, Intensity.GuessModality(ct));
        Assert.Equal(Modality.Unknown, Intensity.GuessModality(Line(-200, 5)));
    }

    [Fact]
    public void OthersAreClippedToPercentilesOfTheirNonZeroVoxels()
    {
        // 1..1000 and zeros: numpy.percentile(range(1, 1001), [0.5, 99.5]) = [5.995, 995.005].
        var image = Line([.. new float[500], .. Enumerable.Range(1, 1000).Select(i => (float)i)]);
        var (low, high) = Percentiles.OfNonZero(image.Voxels, 0.5, 99.5);
        Assert.Equal(5.995, low, 1e-9);
        Assert.Equal(995.005, high, 1e-9);
        var scaled = Intensity.ToByteRange(image, Modality.MRI, IntensityOrigin.Measured).Voxels;
        Assert.Equal(0, scaled[0]);
        Assert.Equal(0, scaled[500]);
        Assert.Equal(255, scaled[^1]);
        Assert.Equal((500 - 5.995) / (995.005 - 5.995) * 255, scaled[999], 1e-3);
    }

    [Fact]
    public void PercentilesAgreeWithSorting()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 5001).Select(_ => (float)((random.NextDouble() - 0.3) * Math.Pow(10, random.Next(-3, 4)))).ToArray();
        var sorted = values.Order().ToArray();
        var (low, high) = Percentiles.OfNonZero(values, 12.3, 88);
        Assert.Equal(sorted[615], low, 1e-6);
        Assert.Equal(sorted[4400], high, 1e-6);
        Assert.Equal((0, 0), Percentiles.OfNonZero([0, 0], 1, 2));
    }

    [Fact]
    public void ScaledImagesAreLeftAlone()
    {
        var image = Line(0, 17, 255);
        Assert.Equal(image.Voxels, Intensity.ToByteRange(image, Modality.CT, IntensityOrigin.Npz).Voxels);
        Assert.Equal(image.Voxels, Intensity.ToByteRange(image, Modality.Ultrasound, IntensityOrigin.EightBit).Voxels);
        Assert.NotEqual(image.Voxels, Intensity.ToByteRange(image, Modality.MRI, IntensityOrigin.EightBit).Voxels);
        Assert.NotEqual(image.Voxels, Intensity.ToByteRange(image, Modality.CT, IntensityOrigin.Measured).Voxels);
        Assert.False(Intensity.IsScaled(Line(0, 255.5f), Modality.CT, IntensityOrigin.Npz));
    }

    [Fact]
    public void ZNormAgreesWithTheFixture()
    {
        var bytes = File.ReadAllBytes(SharedData.Fixture("parity", "znorm_masked.f32.safetensors"));
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        float[] Tensor(string name)
        {
            var offsets = header.RootElement.GetProperty(name).GetProperty("data_offsets");
            var (start, end) = (offsets[0].GetInt32(), offsets[1].GetInt32());
            return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + length + start, end - start)).ToArray();
        }

        var image = Line(Tensor("input.x"));
        Intensity.ZNormalize(image);
        var expected = Tensor("output.y");
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], image.Voxels[i], 1e-5);
        }
    }

    [Fact]
    public void ZNormWithoutSpreadOrForeground()
    {
        var flat = Line(0, 4, 4);
        Assert.Equal(new ZNorm(4, 0, 2), Intensity.ZNormalize(flat));
        Assert.Equal([-4f, 0, 0], flat.Voxels);
        var negative = Line(-1, -3, 0);
        Assert.Equal(3, Intensity.ZNormalize(negative).Count);
        Assert.Equal(0, negative.Voxels.Sum(), 1e-6);
        Assert.Equal(new ZNorm(5, 0, 1), Intensity.ZNormalize(Line(5, 0)));
    }

    [Fact]
    public void NonFiniteVoxelsAreCounted()
    {
        var image = Line(1, float.NaN, float.PositiveInfinity, float.NegativeInfinity);
        Assert.Equal(3, Intensity.ReplaceNonFinite(image));
        Assert.Equal([1f, 0, 0, 0], image.Voxels);
    }

    [Theory]
    [InlineData("CT_abc.npz", Modality.CT)]
    [InlineData("/x/MRI_001.npz", Modality.MRI)]
    [InlineData("MR-1.nii.gz", Modality.MRI)]
    [InlineData("PET_1.npz", Modality.PET)]
    [InlineData("US_1.npz", Modality.Ultrasound)]
    [InlineData("Microscopy_1.npz", Modality.Microscopy)]
    [InlineData("case7.nii", Modality.Unknown)]
    [InlineData("CTA_scan.nii", Modality.CT)]
    [InlineData("case_CT.nii", Modality.Unknown)]
    public void FileNamesBeginWithTheirModality(string path, Modality modality) => Assert.Equal(modality, ModalityNames.OfFile(path));

    [Fact]
    public void NamesAndWindowsAreParsed()
    {
        Assert.Equal(Modality.Ultrasound, ModalityNames.Parse("us"));
        Assert.Throws<FormatException>(() => ModalityNames.Parse("x-ray"));
        Assert.Equal(CtWindow.Lung, CtWindow.Parse("Lung"));
        Assert.Equal(new CtWindow(350, -50.5), CtWindow.Parse("350, -50.5"));
        Assert.Throws<FormatException>(() => CtWindow.Parse("0,1"));
        Assert.Throws<FormatException>(() => CtWindow.Parse("wide"));
    }

    private static Volume<float> Line(params float[] voxels) => new(new(new(voxels.Length, 1, 1), Affine3.Identity), voxels);
}
