using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Tests.Imaging;

namespace XlstmSam.Tests.Models;

/// <summary>The second family: what its input looks like, and that files and configurations know it from the first.</summary>
public sealed class ResidualUNetTests : IDisposable
{
    private static readonly Extent3 Size = MicroModel.UNet.Input.Size;
    private readonly CpuBackend backend = new(threads: 2);
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void ClicksAreDrawnWhereTheyAre()
    {
        var drawn = Draw(new(1, 3, [2, 1, 5, 6, 3, 0, 4, 2, 9], [1, 0, -1]));
        Assert.Equal(1, drawn(2, 1, 5, 0));
        Assert.Equal(0.5f, drawn(3, 1, 5, 0));
        Assert.Equal(0.25f, drawn(3, 0, 5, 0));
        Assert.Equal(0, drawn(4, 1, 5, 0));
        Assert.Equal(1, drawn(6, 3, 0, 1));
        Assert.Equal(0.5f, drawn(6, 3, 1, 1));
        Assert.Equal((0, 0, 0), (drawn(6, 3, 0, 0), drawn(2, 1, 5, 1), drawn(2, 1, 5, 2)));
        Assert.Equal((0, 0, 0), (drawn(4, 2, 9, 0), drawn(4, 2, 9, 1), drawn(4, 2, 9, 2)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ABoxIsFilled(int clicks)
    {
        var drawn = Draw(new(1, clicks, [.. new float[] { 0, 0, 0 }.Take(3 * clicks)], [.. new[] { 1 }.Take(clicks)], [1, 0, 3, 4, 2, 7]));
        foreach (var (x, y, z) in Cells())
        {
            var inside = x is >= 1 and <= 4 && y <= 2 && z is >= 3 and <= 7;
            Assert.Equal(inside ? 1 : 0, drawn(x, y, z, 2));
        }

        Assert.Equal(clicks, drawn(0, 0, 0, 0));
    }

    [Fact]
    public void EveryKindOfPromptChangesTheAnswer()
    {
        using var model = MicroModel.Build(backend, MicroModel.UNet);
        var image = MicroModel.Image(MicroModel.UNet, 1);
        var mask = new float[Size.Count];
        mask.AsSpan(0, mask.Length / 2).Fill(3);
        float[][] answers =
        [
            Answer(PromptBatch.None(1), null),
            Answer(new(1, 1, [2, 1, 5], [1]), null),
            Answer(new(1, 1, [2, 1, 5], [0]), null),
            Answer(new(1, 1, [6, 1, 5], [1]), null),
            Answer(new(1, 0, [], [], [1, 0, 3, 4, 2, 7]), null),
            Answer(PromptBatch.None(1), mask),
        ];
        for (var a = 0; a < answers.Length; a++)
        {
            Assert.All(answers[a], logit => Assert.True(float.IsFinite(logit)));
            Assert.All(answers.Take(a), other => Assert.Contains(answers[a].Zip(other), pair => Math.Abs(pair.First - pair.Second) > 1e-4));
        }

        float[] Answer(PromptBatch prompts, float[]? lowRes)
        {
            using var arena = Arena.Free(backend);
            var tape = Tape.ForInference(backend, arena);
            return tape.Download(model.DecodeToGrid(tape, model.UploadDecoderInputs(tape, image, prompts, lowRes)).Full);
        }
    }

    [Fact]
    public void AWeightFileTellsTheFamily()
    {
        using var model = MicroModel.Build(backend, MicroModel.UNet, seed: 3);
        var path = folder.File("unet.safetensors");
        WeightFile.Save(path, model, new Dictionary<string, string>());
        using (var file = SafeTensorsFile.Open(path))
        {
            Assert.Equal("residual-unet", file.Metadata["family"]);
            using var other = MicroModel.Build(backend, MicroModel.Config);
            Assert.Contains("does not fit", Assert.Throws<InvalidDataException>(() => WeightFile.Load(file, other)).Message, StringComparison.Ordinal);
        }

        using var loaded = WeightFile.LoadModel(path, backend);
        Assert.IsType<ResidualUNetModel>(loaded);
        Assert.Equal(ModelJson.Write(MicroModel.UNet), ModelJson.Write(loaded.Config));
        Assert.All(model.Parameters.All, p => Assert.Equal(ParameterStore.Read(backend, p), ParameterStore.Read(backend, loaded.Parameters.Find(p.Name)!)));
    }

    public static TheoryData<string, ResidualUNetConfig> Faulty => new()
    {
        { "features and blocks", MicroModel.UNet with { Blocks = [1] } },
        { "features and blocks", MicroModel.UNet with { Features = [4], Blocks = [1] } },
        { "features must", MicroModel.UNet with { Features = [4, 0] } },
        { "features must", MicroModel.UNet with { Blocks = [1, 17] } },
        { "features must", MicroModel.UNet with { InputChannels = 0 } },
        { "clickRadius", MicroModel.UNet with { ClickRadius = double.NaN } },
        { "size is", MicroModel.UNet with { Size = [8, 2, 12] } },
        { "size is", MicroModel.UNet with { Size = [8, 5, 12] } },
        { "roi and clicks", MicroModel.UNet with { Roi = (RoiPolicy)7 } },
        { "spacing", MicroModel.UNet with { Spacing = -1 } },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void FaultsAreNamed(string fault, ResidualUNetConfig config) =>
        Assert.Contains(fault, Assert.Throws<InvalidDataException>(() => ModelRules.Checked(config, "test")).Message, StringComparison.Ordinal);

    [Fact]
    public void KeysThatAreLeftOutHaveTheirDefaults()
    {
        var config = (ResidualUNetConfig)ModelJson.Read("""{"family": "residual-unet", "name": "mine", "size": [8, 8, 8], "features": [2, 4], "blocks": [1, 1]}""", "test");
        Assert.Equal((1, 3, 1.5, RoiPolicy.Prompt), (config.InputChannels, config.ClickRadius, config.Spacing, config.Roi));
    }

    public void Dispose()
    {
        folder.Dispose();
        backend.Dispose();
    }

    private static IEnumerable<(int X, int Y, int Z)> Cells() =>
        from x in Enumerable.Range(0, Size.D)
        from y in Enumerable.Range(0, Size.H)
        from z in Enumerable.Range(0, Size.W)
        select (x, y, z);

    /// <summary>The drawn channels of one prompt, by cell and channel.</summary>
    private Func<int, int, int, int, float> Draw(PromptBatch prompts)
    {
        using var arena = Arena.Free(backend);
        var (tape, drawing) = (Tape.ForInference(backend, arena), new PromptDrawing(Size, MicroModel.UNet.ClickRadius));
        drawing.Load(tape);
        var drawn = tape.Download(drawing.Draw(tape, prompts.Upload(tape)!));
        return (x, y, z, channel) => drawn[(((((x * Size.H) + y) * Size.W) + z) * PromptDrawing.Channels) + channel];
    }
}
