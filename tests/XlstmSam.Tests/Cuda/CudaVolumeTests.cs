using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Models;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Cuda;

/// <summary>Volumes that are stored in bfloat16: in memory, in an encoder and in its plan.</summary>
[Thorough]
public sealed class CudaVolumeTests(CudaBFloat16Tests.Interpreted interpreted) : IClassFixture<CudaBFloat16Tests.Interpreted>
{
    private static readonly EncoderConfig Encoder = new()
    {
        Stem = 8,
        Features = [8, 16, 24],
        Strides = [1, 2, 2],
        Blocks = [1, 1, 1],
        Mixers = [Mixer.Basic, Mixer.Vil, Mixer.Vil],
        Tokens = TokenMode.Upstream,
    };

    [Fact]
    public void UploadsRoundAndDownloadsDoNot()
    {
        float[] values = [1, -0f, float.NaN, float.PositiveInfinity, 1 + MathF.ScaleB(1, -8), 1 + MathF.ScaleB(3, -8), 3e38f];
        using var memory = interpreted.Backend.Allocate(2 * values.Length);
        var view = new View(memory, 0, values.Length, ElementType.BFloat16);
        interpreted.Backend.Upload(values, view);
        var stored = new float[values.Length];
        interpreted.Backend.Download(view, stored);
        Assert.Equal([1, -0f, float.NaN, float.PositiveInfinity, 1, 1 + MathF.ScaleB(1, -6), BFloat16Bits.ToSingle(BFloat16Bits.Of(3e38f))], stored);
        var middle = new float[2];
        interpreted.Backend.Download(view.Slice(4, 2), middle);
        Assert.Equal(stored[4..6], middle);
    }

    /// <summary>Off by no more than twice what rounding the image and the weights alone costs, and no gradient by more than eight times that.</summary>
    [Fact]
    public void AnEncoderAgreesWithTheProcessor()
    {
        using var cpu = new CpuBackend(threads: 2);
        var (expected, expectedGradients) = Run(cpu, Encoder, x => x);
        var (rounded, roundedGradients) = Run(cpu, Encoder, Rounded);
        var (output, gradients) = Run(interpreted.Backend, Encoder, x => x);
        Assert.InRange(Error(output, expected), 0, 2 * Error(rounded, expected));
        Assert.InRange(Error(All(gradients), All(expectedGradients)), 0, 2 * Error(All(roundedGradients), All(expectedGradients)));

        // A norm takes the bias of the convolution before it away again: its gradient is nothing but rounding.
        foreach (var (name, gradient) in expectedGradients.Where(g => Error(g.Value, new float[g.Value.Length]) > 1e-3))
        {
            Assert.True(
                Error(gradients[name], gradient) <= 8 * Error(roundedGradients[name], gradient),
                $"{name}: the gradient is off by {Error(gradients[name], gradient):E2}, that of rounded weights by {Error(roundedGradients[name], gradient):E2}.");
        }
    }

    [Fact]
    public void SegmentsThatRunAgainGiveTheSameBits()
    {
        var (output, gradients) = Run(interpreted.Backend, Encoder, x => x);
        var (again, gradientsAgain) = Run(interpreted.Backend, Encoder, x => x, ["stem", "0", "1", "2"]);
        Assert.Equal(output, again);
        Assert.All(gradients, g => Assert.Equal(g.Value, gradientsAgain[g.Key]));
    }

    [Fact]
    public void PlansSeeHalfTheMemory()
    {
        using var float32 = new CudaBackend(new InterpretedDevice());
        var (wide, wideBytes) = Plan(float32);
        var (narrow, narrowBytes) = Plan(interpreted.Backend);
        Assert.InRange((double)narrow / wide, 0.45, 0.6);
        Assert.InRange((double)narrowBytes / wideBytes, 0.4, 0.7);
    }

    private static (long Peak, long Bytes) Plan(IBackend backend)
    {
        using var tally = new CountingBackend(backend);
        using var arena = Arena.Planning(tally.Nowhere);
        using var store = new ParameterStore();
        var size = Extent3.Cube(32);
        var encoder = new ImageEncoder(store.Root, Encoder with { Mixers = [Mixer.Basic, Mixer.Basic, Mixer.Vil] }, size, embedding: 24);
        store.Materialize(backend, training: true);
        var tape = Tape.ForTraining(tally, arena);
        var y = encoder.Forward(tape, tape.Empty(new(1, size.D, size.H, size.W, 1), requiresGrad: false));
        tape.Seed(y, new float[y.Shape.Length]);
        tape.Backward();
        return (arena.Plan().PeakBytes, tally.Log.Where(entry => entry.Family is "Conv3d" or "InstanceNorm").Sum(entry => entry.Bytes));
    }

    private static (float[] Output, Dictionary<string, float[]> Gradients) Run(
        IBackend backend, EncoderConfig config, Func<float, float> inputs, string[]? recompute = null)
    {
        using var store = new ParameterStore();
        var encoder = new ImageEncoder(store.Root, config, Extent3.Cube(8), embedding: 24, recompute);
        store.Materialize(backend, training: true);
        store.Initialize(backend, 5);
        foreach (var parameter in store.All)
        {
            ParameterStore.Write(backend, parameter, [.. ParameterStore.Read(backend, parameter).Select(inputs)]);
        }

        using var arena = Arena.Guarded(backend);
        var tape = Tape.ForTraining(backend, arena);
        var y = encoder.Forward(tape, tape.From(new(1, 8, 8, 8, 1), [.. Sampler.Normal(3, new(512)).Values.Select(inputs)]));
        var output = new float[y.Shape.Length];
        backend.Download(y, output);
        tape.Seed(y, CasePass.Cotangent(output.Length));
        tape.Backward();
        arena.CheckGuards();
        return (output, store.All.ToDictionary(parameter => parameter.Name, parameter => ParameterStore.Read(backend, parameter, store.Gradients)));
    }

    private static float[] All(Dictionary<string, float[]> gradients) => [.. gradients.Values.SelectMany(gradient => gradient)];

    private static float Rounded(float x) => BFloat16Bits.ToSingle(BFloat16Bits.Of(x));

    /// <summary>In the Euclidean norm.</summary>
    private static double Error(float[] values, float[] expected) => Math.Sqrt(values.Zip(expected).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));
}
