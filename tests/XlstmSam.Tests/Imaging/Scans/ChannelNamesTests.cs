using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

public sealed class ChannelNamesTests
{
    [Theory]
    [InlineData("""{"modality": {"0": "CT"}}""", "CT")]
    [InlineData("""{"modality": "CT"}""", "CT")]
    [InlineData("""{"modality": ["CT"]}""", "CT")]
    [InlineData("""{"channel_names": {"0": "T2", "1": "ADC"}}""", "T2", "ADC")]
    [InlineData("""{"modality": {"1": "ADC", "0": "T2"}}""", "T2", "ADC")]
    [InlineData("""{"modality": ["FLAIR", "T1w"]}""", "FLAIR", "T1w")]
    [InlineData("""{"modality": {"first": "T2", "another": "ADC"}}""", "T2", "ADC")]
    [InlineData("""{"channel_names": {"CT": 0, "PET": 1}}""", "CT", "PET")]
    [InlineData("""{"channel_names": {"0": "a", "1": "b", "2": "c", "10": "k"}}""", "a", "b", "c", "k")]
    [InlineData("""{"name": "nothing said"}""")]
    [InlineData("""{"modality": null}""")]
    public void EveryFormIsReadInTheOrderOfTheChannels(string json, params string[] expected)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(expected, ChannelNames.Of(document.RootElement, "dataset.json"));
    }

    [Theory]
    [InlineData("""{"modality": 3}""")]
    [InlineData("""{"modality": {"0": ["CT"]}}""")]
    public void AnotherFormIsRefused(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Throws<InvalidDataException>(() => ChannelNames.Of(document.RootElement, "dataset.json"));
    }
}
