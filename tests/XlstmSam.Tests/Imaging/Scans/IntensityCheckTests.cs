using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class IntensityCheckTests
{
    private static readonly float[] Ct = [-1000, -1000, -950, -80, 20, 40, 60, 300, 700, 1000];

    [Fact]
    public void ACtInHounsfieldUnitsIsNotDoubted()
    {
        var check = Of(Modality.CT, Ct);
        Assert.Null(check.Refusal);
        Assert.Empty(check.Warnings);
    }

    [Fact]
    public void ACtWithTheOffsetLeftInIsDoubtedWithNumbers()
    {
        var warning = Assert.Single(Of(Modality.CT, [.. Ct.Select(v => v + 1024)]).Warnings);
        Assert.Contains("from 24 to 2024", warning, StringComparison.Ordinal);
        Assert.Contains("Hounsfield", warning, StringComparison.Ordinal);
        Assert.Contains("1024", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void ACtWithinAFewUnitsIsDoubted() => Assert.Contains("from 0 to 1", Assert.Single(Of(Modality.CT, 0, 0.5f, 1).Warnings), StringComparison.Ordinal);

    [Fact]
    public void AnNpzOfCtBeyondItsByteRangeIsLookedAtLikeAnyOther()
    {
        Assert.Contains(
            "Hounsfield", Assert.Single(IntensityCheck.Of(Line([24, 1064, 2024]), Modality.CT, IntensityOrigin.Npz, null).Warnings), StringComparison.Ordinal);
        Assert.Empty(IntensityCheck.Of(Line([0, 128, 255]), Modality.CT, IntensityOrigin.Npz, null).Warnings);
        Assert.Empty(IntensityCheck.Of(Line([0, 128, 255]), Modality.CT, IntensityOrigin.EightBit, null).Warnings);
    }

    [Theory]
    [InlineData(Modality.CT, 500f, 900f)]
    [InlineData(Modality.CT, -900f, -800f)]
    [InlineData(Modality.MRI, 0f, 0f)]
    [InlineData(Modality.MRI, 7f, 7f)]
    [InlineData(Modality.Unknown, 0f, 100f)]
    [InlineData(Modality.PET, float.NaN, float.NaN)]
    [InlineData(Modality.PET, float.NaN, float.PositiveInfinity)]
    public void WhatScalesToOneValueIsRefused(Modality modality, float one, float other)
    {
        var image = Line([one, other, other, one]);
        Assert.NotNull(IntensityCheck.Of(image, modality, IntensityOrigin.Measured, null).Refusal);
        Assert.Single(Intensity.ToByteRange(image, modality, IntensityOrigin.Measured).Voxels.Distinct());
    }

    [Theory]
    [InlineData(Modality.CT, 0f, 900f)]
    [InlineData(Modality.MRI, 0f, 100f, 101f)]
    [InlineData(Modality.MRI, -1f, 1f)]
    [InlineData(Modality.Unknown, 3f, 4f)]
    public void WhatHasContrastIsNotRefused(Modality modality, params float[] voxels)
    {
        Assert.Null(Of(modality, voxels).Refusal);
        Assert.True(Intensity.ToByteRange(Line(voxels), modality, IntensityOrigin.Measured).Voxels.Distinct().Count() > 1);
    }

    [Fact]
    public void NanAndInfiniteVoxelsAreCounted() =>
        Assert.Contains(
            "3 of 5 voxels",
            Assert.Single(Of(Modality.MRI, float.NaN, 1, 2, float.NegativeInfinity, float.PositiveInfinity).Warnings),
            StringComparison.Ordinal);

    [Fact]
    public void AFewVoxelsBelowMinus200MakeNoCtAndAShareOfAirDoes()
    {
        var mr = new float[1000];
        Array.Fill(mr, 120);
        mr.AsSpan(0, 10).Fill(-300);
        Assert.Equal(Modality.Unknown, Intensity.GuessModality(Line(mr)));
        mr.AsSpan(0, 40).Fill(-900);
        Assert.Equal(Modality.CT, Intensity.GuessModality(Line(mr)));
    }

    [Fact]
    public void AnMrWithTheAirOfACtIsDoubted() => Assert.Contains("as in CT", Assert.Single(Of(Modality.MRI, Ct).Warnings), StringComparison.Ordinal);

    private static IntensityCheck Of(Modality modality, params float[] voxels) => IntensityCheck.Of(Line(voxels), modality, IntensityOrigin.Measured, null);

    private static Volume<float> Line(float[] voxels) => new(new(new(voxels.Length, 1, 1), Affine3.Identity), voxels);
}
