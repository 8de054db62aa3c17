using XlstmSam.Engine;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Measuring;
using XlstmSam.Models;
using XlstmSam.Training;
using static XlstmSam.Tests.Cuda.FakeDriver;

namespace XlstmSam.Tests.Cuda;

/// <summary>
/// What the passes of <c>paper</c> ask of the driver: as written one call per kernel, captured one for all of them. The counts are in
/// docs/performance.md; they may fall, and rise only with a reason.
/// </summary>
[Thorough]
public sealed class LaunchCountTests(ITestOutputHelper output)
{
    private const long CardBytes = 16L << 30;

    // The zero mask of an input, the optimiser: a few launches that do not grow with the model's depth.
    private const int MostBeside = 30;

    [Fact]
    public void AnEncoderForwardIsOneGraphLaunch()
    {
        using var fake = new FakeDriver().Say("free_bytes", CardBytes);
        using var backend = new CudaBackend(fake.Open());
        var config = Presets.Get("paper");
        using var model = new ModelHarness(config, backend, training: false);
        var image = new float[config.Size.Aggregate(1, (product, side) => product * side)];
        Check(fake, "encoder forward", () => model.Encode(image), most: 150, waits: 1);
    }

    [Fact]
    public void AClickIsOneGraphLaunch()
    {
        using var fake = new FakeDriver().Say("free_bytes", CardBytes);
        using var backend = new CudaBackend(fake.Open());
        var config = Presets.Get("paper");
        using var model = new ModelHarness(config, backend, training: false);
        var embedding = new float[model.Model.EmbeddingShape.Length];
        Check(fake, "click", () => model.Click(embedding, new(1, 1, [64, 64, 64], [1])), most: 140, waits: 1);
    }

    [Fact]
    public void ATrainingStepIsOneGraphLaunch()
    {
        using var fake = new FakeDriver().Say("free_bytes", CardBytes);
        using var backend = new CudaBackend(fake.Open());
        var config = Presets.Get("paper");
        using var model = new ModelHarness(config, backend, training: true);
        var inputs = ModelInputs.Of(config.Size[0]);
        Check(fake, "training step", () => model.Step(inputs), most: 7000, waits: inputs.Rounds.Count);
    }

    /// <summary>As the trainer takes it: clicks and scores on the card, and the gradient's norm.</summary>
    [Fact]
    public void AStepOfTheTrainerIsOneGraphAndAFewLaunches()
    {
        using var fake = new FakeDriver().Say("free_bytes", CardBytes);
        using var backend = new CudaBackend(fake.Open());
        var (config, training) = (Presets.Get("paper"), TrainingPresets.Get("paper").Training);
        using var model = ModelFamilies.Build(config, backend, training: true);
        using var passes = PlannedPass.ForTraining(backend);
        var (step, optimizer) = (new TrainingStep(model, training, passes), new Optimizer(model.Parameters, backend, training, model.Traits.ParameterGroups));
        model.Initialize(training.Seed);
        var target = new byte[model.Input.Size.Count];
        target.AsSpan(0, target.Length / 2).Fill(1);
        TrainingSample[] samples = [new("case", new float[target.Length], [target])];
        Check(fake, "step of the trainer", Step, most: 7000, waits: 2);

        void Step()
        {
            step.Run(samples, microBatch: 0);
            optimizer.Step(step: 0, training.LearningRate);
            optimizer.GradientNorm();
        }
    }

    private void Check(FakeDriver fake, string pass, Action run, long most, long waits)
    {
        var written = Count(fake, run);
        run();
        var captured = Count(fake, run);
        output.WriteLine(
            $"{pass}: {written.Kernels} launches; captured, one graph and {captured.Kernels - captured.InGraph}; {captured.Uploads} uploads, " +
            $"{captured.Waits} waits");
        Assert.Equal(0, written.InGraph);
        Assert.Equal(written.Kernels, captured.Kernels);
        Assert.InRange(captured.Kernels, captured.InGraph, most);
        Assert.InRange(captured.Kernels - captured.InGraph, 0, MostBeside);
        Assert.Equal(waits, captured.Waits);
    }

    private static (long Kernels, long InGraph, long Uploads, long Waits) Count(FakeDriver fake, Action run)
    {
        Calls[] kinds = [Calls.Launches, Calls.GraphKernels, Calls.Uploads, Calls.Waits];
        var before = Array.ConvertAll(kinds, kind => fake[kind]);
        run();
        var counts = kinds.Select((kind, k) => fake[kind] - before[k]).ToArray();
        return (counts[0], counts[1], counts[2], counts[3]);
    }
}
