using XlstmSam.Engine;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Tests.Imaging;
using XlstmSam.Tests.Models;

namespace XlstmSam.Tests.Files;

/// <summary>Weights on disk: what was saved comes back, and what does not fit is said.</summary>
public sealed class WeightFileTests : IDisposable
{
    private readonly CpuBackend backend = new(threads: 1);
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void AModelComesBackBitForBit()
    {
        var path = Save(MicroModel.Config, seed: 3);
        using var file = SafeTensorsFile.Open(path);
        var config = WeightFile.ReadConfig(file);
        Assert.Equal(ModelJson.Write(MicroModel.Config), ModelJson.Write(config));
        using var original = MicroModel.Build(backend, MicroModel.Config, seed: 3);
        using var loaded = MicroModel.Build(backend, config, seed: 4);
        WeightFile.Load(file, loaded);
        foreach (var parameter in original.Parameters.All)
        {
            Assert.Equal(ParameterStore.Read(backend, parameter), ParameterStore.Read(backend, loaded.Parameters.Find(parameter.Name)!));
        }

        float[][] images = [MicroModel.Image(config, 1)];
        Assert.Equal(MicroModel.Step(original, images, [1], backward: false).Logits, MicroModel.Step(loaded, images, [1], backward: false).Logits);
        Assert.Equal("here", file.Metadata["from"]);
    }

    [Fact]
    public void SavingTwiceGivesTheSameBytes() => Assert.Equal(File.ReadAllBytes(Save(MicroModel.Config, 3)), File.ReadAllBytes(Save(MicroModel.Config, 3)));

    [Fact]
    public void AnotherWidthIsNamed() =>
        Refused(MicroModel.Config with { DecoderMlp = 20 }, "'mask_decoder.transformer.layers.0.mlp.lin1.weight' is (16, 12), expected (20, 12)");

    [Fact]
    public void AMissingParameterIsNamed() =>
        Refused(MicroModel.Config with { DecoderDepth = 3 }, "'mask_decoder.transformer.layers.2.self_attn.q_proj.weight' (12, 12) is missing");

    [Fact]
    public void AnUnknownParameterIsNamed() => Refused(MicroModel.Config with { PointEmbeddings = 3 }, "'prompt_encoder.point_embeddings.3.weight' is unknown");

    [Fact]
    public void ValuesThatAreNoNumbersAreRefused()
    {
        using var model = MicroModel.Build(backend, MicroModel.Config);
        var parameter = model.Parameters.Find("mask_decoder.iou_token.weight")!;
        ParameterStore.Write(backend, parameter, [.. Enumerable.Repeat(float.NaN, 12)]);
        var path = folder.File("nan.safetensors");
        WeightFile.Save(path, model, new Dictionary<string, string>());
        using var file = SafeTensorsFile.Open(path);
        Assert.Contains("not finite", Assert.Throws<InvalidDataException>(() => WeightFile.Load(file, model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileOfAnotherProgramHasNoConfiguration()
    {
        var path = folder.File("other.safetensors");
        File.WriteAllBytes(path, SafeTensorsBytes.Good);
        using var file = SafeTensorsFile.Open(path);
        Assert.Contains("the model is unknown", Assert.Throws<InvalidDataException>(() => WeightFile.ReadConfig(file)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        folder.Dispose();
        backend.Dispose();
    }

    private string Save(ModelConfig config, ulong seed)
    {
        using var model = MicroModel.Build(backend, config, seed);
        var path = folder.File($"{Guid.NewGuid():N}.safetensors");
        WeightFile.Save(path, model, new Dictionary<string, string> { ["from"] = "here" });
        return path;
    }

    private void Refused(ModelConfig other, string expected)
    {
        using var file = SafeTensorsFile.Open(Save(MicroModel.Config, 3));
        using var model = MicroModel.Build(backend, other);
        var before = ParameterStore.Read(backend, model.Parameters.All[0]);
        var error = Assert.Throws<InvalidDataException>(() => WeightFile.Load(file, model));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, ParameterStore.Read(backend, model.Parameters.All[0]));
    }
}
