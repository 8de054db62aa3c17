using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class ModalityNamesTests
{
    [Theory]
    [InlineData(
        Modality.CT, "CT", "ct", "CTA", "CBCT", "NCCT", "CECT", "CT (portal venous)", "CT_lung", "non-contrast CT", "computed tomography", "ct1", "micro-CT")]
    [InlineData(
        Modality.MRI, "MR", "MRI", "mri", "T1", "T1w", "t1c", "t1n", "T1ce", "T1Gd", "t1gd", "T2", "T2w", "t2f", "T2-weighted", "FLAIR", "MRI_T1", "ADC", "DWI",
        "hbv", "swi")]
    [InlineData(Modality.MRI, "dce", "mra", "mrcp", "mpMRI", "PD", "STIR", "TOF", "cine", "LGE", "gradient echo", "spin-echo T2", "MR2", "DWI-b1000")]
    [InlineData(Modality.PET, "PET", "pt", "SUV", "FDG", "FDG-PET", "PSMA")]
    [InlineData(Modality.Ultrasound, "US", "us", "ultrasound", "US-dummy", "US_dummy", "US dummy", "TRUS", "3D-US", "echo", "echocardiography")]
    [InlineData(Modality.Microscopy, "Microscopy", "micro", "EM", "SM", "SEM", "light-sheet", "fluorescence", "confocal", "histology")]
    [InlineData(Modality.Unknown, "unknown", "other")]
    public void EveryWordOfAModalityIsRead(Modality expected, params string[] words) =>
        Assert.All(words, word => Assert.Equal(expected, ModalityNames.Read(word)));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("x-ray")]
    [InlineData("nonCT")]
    [InlineData("non-CT")]
    [InlineData("not CT")]
    [InlineData("zscore")]
    [InlineData("noNorm")]
    [InlineData("OCT")]
    [InlineData("direct")]
    public void WordsThatAreNoModalityAreNotGuessedAt(string? word) => Assert.Null(ModalityNames.Read(word));

    [Fact]
    public void AnUnknownWordIsRefusedWithWhatIsExpected() =>
        Assert.Contains("expected CT, MRI", Assert.Throws<FormatException>(() => ModalityNames.Parse("x-ray")).Message, StringComparison.Ordinal);
}
