using System.Runtime.InteropServices;
using XlstmSam.Engine;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Tests.Models;

/// <summary>Files from when there was one kind of model stay readable; tests/fixtures/weights tells how they were made.</summary>
public sealed class EarlierFilesTests
{
    private static readonly string Weights = SharedData.Fixture("weights", "before_families.safetensors");

    [Fact]
    public void AWeightFileWithoutAFamilyGivesTheLogitsItGaveThen()
    {
        using var backend = new CpuBackend(threads: 2);
        using var model = WeightFile.LoadModel(Weights, backend);
        Assert.Equal(XlstmSamFamily.FamilyName, model.Traits.Family);
        var expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(SharedData.Fixture("weights", "before_families_logits.f32"))).ToArray();
        var found = Logits(model);
        Assert.Equal(expected.Length, found.Length);
        Assert.True(expected.Any(logit => logit > 0) && expected.Any(logit => logit < 0));
        var largest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4f * largest));
    }

    [Fact]
    public void ItsStagesToRecomputeAreNoPartOfTheModel()
    {
        using var file = SafeTensorsFile.Open(Weights);
        Assert.Contains("\"recompute\":[-1,0]", file.Metadata["xlstmsam.model"], StringComparison.Ordinal);
        var written = ModelJson.Write(WeightFile.ReadConfig(file));
        Assert.DoesNotContain("recompute", written, StringComparison.Ordinal);
        Assert.StartsWith("{\"family\":\"xlstm-sam\",", written, StringComparison.Ordinal);
        Assert.Equal(written, ModelJson.Write(ModelJson.Read(written, "test")));
    }

    [Fact]
    public void ARunConfigurationHandsStagesAndRatesToTheRun()
    {
        var text = File.ReadAllText(SharedData.Fixture("weights", "before_families_config.json"));
        var config = RunConfigFile.ReadWhole(text.Replace("\"decoderRate\":1,", "\"decoderRate\":0.25,", StringComparison.Ordinal), "test");
        Assert.Equal(["stem", "0"], config.Training.Recompute!);
        Assert.Equal(0.25, config.Training.Rates["decoder"]);
        Assert.Equal(6, config.Training.Steps);
        var written = RunConfigFile.Write(config);
        Assert.Equal(written, RunConfigFile.Write(RunConfigFile.ReadWhole(written, "test")));
    }

    [Fact]
    public void AUsersConfigurationMayStillNameThemInTheOldPlaces()
    {
        var config = RunConfigFile.Parse("""{"preset": "tiny", "model": {"encoder": {"recompute": [2, -1]}}, "training": {"decoderRate": 0.5}}""", "test");
        Assert.Equal(["2", "stem"], config.Training.Recompute!);
        Assert.Equal(0.5, config.Training.Rates["decoder"]);
    }

    /// <summary>Two rounds: a click and a box, then a second click and the first round's logits.</summary>
    private static float[] Logits(IPromptModel model)
    {
        var image = new float[model.Input.Count];
        for (var i = 0; i < image.Length; i++)
        {
            image[i] = ((((i * 37) + (i / 16 * 11) + (i / 256 * 5)) % 64) - 32) / 16f;
        }

        using var passes = PlannedPass.ForInference(model.Backend);
        var embedding = passes.Run("encode", tape => model.UploadImage(tape, image), model.Encode, (tape, encoded) => tape.Download(encoded));
        var first = Round(new(1, 1, [5, 9, 7], [1], [2, 3, 4, 10, 12, 11]), null);
        return Round(new(1, 2, [5, 9, 7, 12, 3, 1], [1, 0], [2, 3, 4, 10, 12, 11]), first.LowRes).Full;

        (float[] LowRes, float[] Full) Round(PromptBatch prompts, float[]? lowRes) => passes.Run(
            prompts.Signature,
            tape => model.UploadDecoderInputs(tape, embedding, prompts, lowRes),
            model.DecodeToGrid,
            (tape, logits) => (tape.Download(logits.LowRes), tape.Download(logits.Full)));
    }
}
