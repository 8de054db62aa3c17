using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Models;
using XlstmSam.OpCases;
using XlstmSam.Tests.Cuda;
using XlstmSam.Training;

namespace XlstmSam.Tests.Training;

/// <summary>One optimiser step from the gradient's norm to the weights, none of which the host needs to see in between.</summary>
public sealed class OptimizerTests
{
    private const int Length = 70;

    public static TheoryData<bool> Backends => [false, true];

    [Theory]
    [MemberData(nameof(Backends))]
    public void AClippedStepIsThatOfTheGradientScaledBefore(bool onCuda)
    {
        using var backend = Open(onCuda);
        var config = new TrainingConfig { ClipNorm = 0.5 };
        var gradient = Sampler.Normal(2, new(Length)).Values;
        var norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
        var (clipped, reported) = Step(backend, config, gradient);
        var (scaled, _) = Step(backend, config with { ClipNorm = 0 }, [.. gradient.Select(g => g * (0.5f / (float)norm))]);
        Assert.Equal(norm, reported, tolerance: 1e-5);
        Assert.All(clipped.Zip(scaled), pair => Assert.Equal(pair.Second, pair.First, tolerance: 1e-6f));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void AGradientThatIsNoNumberChangesNothingAndIsReported(bool onCuda)
    {
        using var backend = Open(onCuda);
        foreach (var wrong in new[] { float.NaN, float.PositiveInfinity, 1e30f })
        {
            var gradient = Sampler.Normal(2, new(Length)).Values;
            gradient[Length / 2] = wrong;
            var (values, norm) = Step(backend, new(), gradient);
            Assert.False(double.IsFinite(norm));
            Assert.Equal(Step(backend, new(), null).Values, values);
        }
    }

    [Fact]
    public void AStepDoesNotWait()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        using var parameters = Parameters(backend);
        var optimizer = new Optimizer(parameters, backend, new(), [ParameterGroup.All]);
        Receive(parameters, backend);
        optimizer.Step(0, 0.01);
        var (waits, launches, allocations) = (fake[FakeDriver.Calls.Waits], fake[FakeDriver.Calls.Launches], fake[FakeDriver.Calls.Allocations]);
        Receive(parameters, backend);
        optimizer.Step(1, 0.01);
        Assert.Equal(waits, fake[FakeDriver.Calls.Waits]);
        Assert.Equal(allocations, fake[FakeDriver.Calls.Allocations]);

        // Two for the norm, the update, the clearing.
        Assert.Equal(4, fake[FakeDriver.Calls.Launches] - launches);
        optimizer.GradientNorm();
        Assert.Equal(waits + 1, fake[FakeDriver.Calls.Waits]);
    }

    private static IBackend Open(bool onCuda) => onCuda ? new CudaBackend(new InterpretedDevice()) : new CpuBackend(threads: 2);

    private static ParameterStore Parameters(IBackend backend)
    {
        var parameters = new ParameterStore();
        parameters.Root.Parameter("weight", new(Length), new Init.Normal(1));
        parameters.Materialize(backend, training: true);
        parameters.Initialize(backend, seed: 1);
        return parameters;
    }

    private static void Receive(ParameterStore parameters, IBackend backend)
    {
        using var arena = Arena.Free(backend);
        Tape.ForTraining(backend, arena).GradOf(parameters.Find("weight")!.Tensor);
    }

    /// <summary>Values and both moments after a step, or before it without a gradient.</summary>
    private static (float[] Values, double Norm) Step(IBackend backend, TrainingConfig config, float[]? gradient)
    {
        using var parameters = Parameters(backend);
        var optimizer = new Optimizer(parameters, backend, config, [ParameterGroup.All]);
        if (gradient is not null)
        {
            backend.Upload(gradient, parameters.Gradients);
            Receive(parameters, backend);
            optimizer.Step(0, 0.01);
        }

        var state = new[] { parameters.Values, parameters.FirstMoment, parameters.SecondMoment }.SelectMany(slab =>
        {
            var values = new float[Length];
            backend.Download(slab.Slice(0, Length), values);
            return values;
        }).ToArray();
        return (state, gradient is null ? 0 : optimizer.GradientNorm());
    }
}
