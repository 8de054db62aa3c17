using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Tests.Files;

/// <summary>A configuration says what it changes; everything it gets wrong is one InvalidDataException that names the place.</summary>
public sealed class RunConfigFileTests
{
    [Fact]
    public void ChangesAreMergedIntoThePreset()
    {
        var config = RunConfigFile.Parse(
            """{"preset": "tiny", "model": {"size": [16, 16, 16]}, "training": {"steps": 950, "augmentation": {"noise": 0.2}}}""", "test");
        Assert.Equal([16, 16, 16], config.Model.Size);
        Assert.Equal(96, Assert.IsType<XlstmSamConfig>(config.Model).Embedding);
        Assert.Equal(950, config.Training.Steps);
        Assert.Equal(0.2, config.Training.Augmentation.Noise);
        var written = RunConfigFile.Write(config);
        Assert.Equal(written, RunConfigFile.Write(RunConfigFile.ReadWhole(written, "test")));
    }

    [Theory]
    [InlineData("'modle' is no key", """{"preset": "tiny", "modle": {}}""")]
    [InlineData("'training.steps' is no key, or its value", """{"preset": "tiny", "training": {"steps": "many"}}""")]
    [InlineData("'model.encoder.stem' is no key, or its value", """{"preset": "tiny", "model": {"encoder": {"stem": null}}}""")]
    [InlineData("family is \"sam\"; this program knows xlstm-sam", """{"preset": "tiny", "model": {"family": "sam"}}""")]
    [InlineData("family is null; this program knows xlstm-sam", """{"preset": "tiny", "model": {"family": null}}""")]
    [InlineData("rates names 'neck'; the parameter groups of 'tiny' are encoder, decoder", """{"preset": "tiny", "training": {"rates": {"neck": 2}}}""")]
    [InlineData("recompute names '3'; the stages of 'tiny' are stem, 0, 1, 2", """{"preset": "tiny", "training": {"recompute": ["3"]}}""")]
    public void TheKeyIsNamed(string part, string json) =>
        Assert.Contains(part, Assert.Throws<InvalidDataException>(() => RunConfigFile.Parse(json, "test")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"preset": 3}""")]
    [InlineData("""{"preset": "huge"}""")]
    [InlineData("""{"preset": "tiny", "modle": {}}""")]
    [InlineData("""{"preset": "tiny", "training": {"step": 10}}""")]
    [InlineData("""{"preset": "tiny", "model": {"encoder": {"stemm": 4}}}""")]
    [InlineData("""{"preset": "tiny", "training": {"steps": "many"}}""")]
    [InlineData("""{"preset": "tiny", "training": {"steps": 1.5}}""")]
    [InlineData("""{"preset": "tiny", "training": {"steps": 99999999999999999999}}""")]
    [InlineData("""{"preset": "tiny", "training": {"steps": -1}}""")]
    [InlineData("""{"preset": "tiny", "training": {"optimizer": "sgd"}}""")]
    [InlineData("""{"preset": "tiny", "training": {"optimizer": 7}}""")]
    [InlineData("""{"preset": "tiny", "training": {"batch": 0}}""")]
    [InlineData("""{"preset": "tiny", "training": {"learningRate": 0}}""")]
    [InlineData("""{"preset": "tiny", "training": {"boxProbability": 1.1}}""")]
    [InlineData("""{"preset": "tiny", "training": {"milestones": [2]}}""")]
    [InlineData("""{"preset": "tiny", "training": {"milestones": null}}""")]
    [InlineData("""{"preset": "tiny", "training": {"augmentation": null}}""")]
    [InlineData("""{"preset": "tiny", "training": {"augmentation": {"flip": [0.5]}}}""")]
    [InlineData("""{"preset": "tiny", "training": null}""")]
    [InlineData("""{"preset": "tiny", "model": null}""")]
    [InlineData("""{"preset": "tiny", "model": {"size": null}}""")]
    [InlineData("""{"preset": "tiny", "model": {"size": [31, 32, 32]}}""")]
    [InlineData("""{"preset": "tiny", "model": {"size": [32, 32]}}""")]
    [InlineData("""{"preset": "tiny", "model": {"size": 32}}""")]
    [InlineData("""{"preset": "tiny", "model": {"spacing": -1}}""")]
    [InlineData("""{"preset": "tiny", "model": {"family": 7}}""")]
    [InlineData("""{"preset": "tiny", "training": {"rates": {"decoder": -1}}}""")]
    [InlineData("""{"preset": "tiny", "training": {"rates": null}}""")]
    [InlineData("""{"preset": "tiny", "model": {"encoder": {"recompute": [4]}}}""")]
    [InlineData("""{"preset": "tiny", "model": {"embedding": 100}}""")]
    [InlineData("""{"preset": "tiny", "model": {"roi": 7}}""")]
    [InlineData("""{"preset": "tiny", "model": {"encoder": {"mixers": ["basic", "basic", "lstm"]}}}""")]
    [InlineData("""{"preset": "tiny", "model": {"encoder": {"mixers": null}}}""")]
    [InlineData("""{"preset": "tiny", "preset": "paper"}""")]
    [InlineData("""{"preset": "tiny", "model": {"name": null}}""")]
    public void MistakesAreRefused(string json)
    {
        var error = Assert.Throws<InvalidDataException>(() => RunConfigFile.Parse(json, "'run.json'"));
        Assert.DoesNotContain("Object reference", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeepNestingIsRefused() => Assert.Throws<InvalidDataException>(() =>
        RunConfigFile.Parse("""{"preset": "tiny", "model": """ + new string('[', 100_000) + new string(']', 100_000) + "}", "'run.json'"));
}
