using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Models;

/// <summary>Directions, token modes and the bottleneck variant.</summary>
public sealed class ImageEncoderTests : IDisposable
{
    private static readonly EncoderConfig TwoScans = MicroModel.Config.Encoder with { Mixers = [Mixer.Vil, Mixer.Vil] };
    private readonly CpuBackend backend = new(threads: 2);

    [Fact]
    public void ReverseIsForwardOnTheFlippedTokens()
    {
        using var store = new ParameterStore();
        var forward = new VilBlock(store.Root["a"], 8, ScanDirection.Forward);
        var reverse = new VilBlock(store.Root["b"], 8, ScanDirection.Reverse);
        store.Materialize(backend, training: false);
        store.Initialize(backend, 5);
        foreach (var parameter in store.All.Where(p => p.Name.StartsWith("b.", StringComparison.Ordinal)))
        {
            ParameterStore.Write(backend, parameter, ParameterStore.Read(backend, store.Find("a" + parameter.Name[1..])!));
        }

        using var arena = Arena.Free(backend);
        var tape = Tape.ForInference(backend, arena);
        var x = tape.From(new(2, 70, 8), Sampler.Normal(3, new(2, 70, 8)).Values);
        Near(Values(Flip.Apply(tape, forward.Forward(tape, Flip.Apply(tape, x, 1)), 1)), Values(reverse.Forward(tape, x)));
    }

    [Fact]
    public void EveryDirectionIsAnother()
    {
        var outputs = Enum.GetValues<MixerDirection>().Select(direction => Encode(TwoScans with { Direction = direction }).Output).ToArray();
        Assert.All(outputs.SelectMany(o => o), v => Assert.True(float.IsFinite(v)));
        Assert.Equal(outputs.Length, outputs.Select(o => o[0]).Distinct().Count());
    }

    [Fact]
    public void OneAlternatingScanRunsForward() => Assert.Equal(
        Encode(MicroModel.Config.Encoder with { Direction = MixerDirection.Forward }).Output,
        Encode(MicroModel.Config.Encoder with { Direction = MixerDirection.Alternate }).Output);

    /// <summary>Stage 0 has 64 voxels of 4 channels, stage 1 has 8 voxels of 8: upstream takes channels as tokens only in the second.</summary>
    [Fact]
    public void UpstreamTakesChannelsWhereTheyOutnumberVoxels()
    {
        var widths = Enum.GetValues<TokenMode>().ToDictionary(mode => mode, mode => Encode(TwoScans with { Tokens = mode }).Widths);
        Assert.Equal([4, 8], widths[TokenMode.Patch]);
        Assert.Equal([64, 8], widths[TokenMode.Channel]);
        Assert.Equal([4, 8], widths[TokenMode.Upstream]);
        var (patch, upstream) = (Encode(TwoScans).Output, Encode(TwoScans with { Tokens = TokenMode.Upstream }).Output);
        Assert.NotEqual(patch, upstream);
    }

    [Fact]
    public void TheBottleneckVariantHasOneScanAfterTheLastStage()
    {
        var (output, _) = Encode(MicroModel.Config.Encoder with { Bottleneck = true }, out var names);
        Assert.Equal(8 * 8, output.Length);
        Assert.DoesNotContain(names, name => name.Contains("xlstm_layers", StringComparison.Ordinal));
        Assert.Contains("vil.vil.layer.proj_up.weight", names);
    }

    public void Dispose() => backend.Dispose();

    private (float[] Output, int[] Widths) Encode(EncoderConfig config) => Encode(config, out _);

    /// <summary>A cube of 4; the widths are those of the ViL norms.</summary>
    private (float[] Output, int[] Widths) Encode(EncoderConfig config, out string[] names)
    {
        using var store = new ParameterStore();
        var encoder = new ImageEncoder(store.Root, config, Extent3.Cube(4), embedding: 8);
        store.Materialize(backend, training: false);
        store.Initialize(backend, 5);
        names = [.. store.All.Select(p => p.Name)];
        using var arena = Arena.Free(backend);
        var tape = Tape.ForInference(backend, arena);
        var output = Values(encoder.Forward(tape, tape.From(new(1, 4, 4, 4, 1), Sampler.Normal(2, new(64)).Values)));
        return (output, [.. store.All.Where(p => p.Name.EndsWith("vil.norm.weight", StringComparison.Ordinal)).Select(p => p.Shape[0])]);
    }

    private float[] Values(Tensor tensor)
    {
        var values = new float[tensor.Shape.Length];
        backend.Download(tensor.Data, values);
        return values;
    }

    private static void Near(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5);
        }
    }
}
