using XlstmSam.Training.Phantoms;

namespace XlstmSam.Tests.Training;

public sealed class PhantomModalityTests
{
    [Fact]
    public void ModalitiesTakeTurns()
    {
        for (var i = 0; i < 10; i++)
        {
            var phantom = PhantomGenerator.Generate(new(), 5, i);
            Assert.Equal(PhantomModality.All[i % 5], phantom.Modality);
            Assert.True(phantom.Image.Voxels.All(float.IsFinite));
        }
    }

    [Fact]
    public void WithoutNoiseOrVariationEveryModalityIsStillDrawn()
    {
        for (var i = 0; i < 5; i++)
        {
            var phantom = PhantomGenerator.Generate(new(Variation: 0, Noise: 0, WideShare: 1), 5, i);
            Assert.True(phantom.Image.Voxels.All(float.IsFinite));
            Assert.All(phantom.Names.Keys, label => Assert.Contains((byte)label, phantom.Labels.Voxels));
        }
    }

    [Fact]
    public void CtSpansAirFatOrgansAndBone()
    {
        var phantom = Of(PhantomModality.CT);
        Assert.True(phantom.Image.Voxels.Count(value => value < -500) > 100);
        Assert.True(phantom.Image.Voxels.Count(value => value > 300) > 10);
        Assert.InRange(OrganMean(phantom), 5, 80);
    }

    [Fact]
    public void MriBackgroundIsRician()
    {
        var phantom = Of(PhantomModality.MRI);
        var corner = Corner(phantom);
        Assert.True(phantom.Image.Voxels.Min() >= 0);

        // Rayleigh, the Rician law without signal: mean / deviation = sqrt(pi / (4 - pi)) = 1.913.
        Assert.InRange(Mean(corner) / Deviation(corner), 1.7, 2.1);
        Assert.True(OrganMean(phantom) > 4 * Mean(corner));
    }

    [Fact]
    public void PetIsHotInOrgansAndNeverNegative()
    {
        var phantom = Of(PhantomModality.PET);
        Assert.True(phantom.Image.Voxels.Min() >= 0);
        Assert.InRange(OrganMean(phantom), 2.5, 6);
        Assert.True(Mean(Corner(phantom)) < 0.2);
    }

    [Fact]
    public void UltrasoundSpecklesInsideOrgans()
    {
        var phantom = Of(PhantomModality.Ultrasound);
        Assert.InRange(phantom.Image.Voxels.Min(), 0, 255);
        Assert.InRange(phantom.Image.Voxels.Max(), 0, 255);
        var inside = Organ(phantom);

        // Two compounded looks of Rayleigh speckle: about 3.5 to 4.5 dB, at 4.25 grey levels per decibel, plus septa.
        Assert.InRange(Deviation(inside), 10, 45);
        Assert.InRange(Mean(inside), 70, 190);
    }

    [Fact]
    public void MicroscopyShowsBrightAndDarkCells()
    {
        var (bright, dark) = (0, 0);
        for (var i = 0; i < 24; i++)
        {
            var phantom = PhantomGenerator.Generate(new([PhantomModality.Microscopy]), 5, i);
            Assert.InRange(phantom.Image.Voxels.Min(), 0, 255);
            Assert.InRange(phantom.Image.Voxels.Max(), 0, 255);
            _ = OrganMean(phantom) > Mean(Corner(phantom)) ? bright++ : dark++;
        }

        Assert.True(bright > dark && dark > 0, $"{bright} bright, {dark} dark.");
    }

    private static PhantomCase Of(string modality) => PhantomGenerator.Generate(new([modality]), 5, 2);

    private static float[] Organ(PhantomCase phantom)
    {
        var values = new List<float>();
        for (var i = 0; i < phantom.Labels.Voxels.Length; i++)
        {
            if (phantom.Labels.Voxels[i] != 0)
            {
                values.Add(phantom.Image.Voxels[i]);
            }
        }

        return [.. values];
    }

    // The first rows of the first slice lie outside the body.
    private static float[] Corner(PhantomCase phantom) => phantom.Image.Voxels[..(phantom.Image.Size.X * 6)];

    private static double OrganMean(PhantomCase phantom) => Mean(Organ(phantom));

    private static double Mean(float[] values) => values.Average(value => (double)value);

    private static double Deviation(float[] values)
    {
        var mean = Mean(values);
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
