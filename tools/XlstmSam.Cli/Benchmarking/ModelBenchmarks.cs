using System.Numerics;
using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Cli.Benchmarking;

/// <summary>The whole model: encode an image, answer a click on its embedding, take a training step.</summary>
/// <param name="batches">Of training steps; null for the configuration's, and on a card for 1, 2, 4, ... while they fit.</param>
/// <param name="room">What a training step may take; more is refused before it starts.</param>
internal sealed class ModelBenchmarks(RunConfig run, Device device, IReadOnlyList<int>? batches, MemoryRoom room)
{
    private const int MostImages = 1024;
    private readonly IBackend backend = device.Backend;
    private readonly RunConfig config = run with { Training = run.Training with { Accumulation = 1 } };

    public IEnumerable<Benchmark> All()
    {
        var (size, training) = (string.Join("x", config.Model.Size), config.Training);
        return
        [
            new("encoder", $"{config.Model.Name} {size}", "forward", Encoder),
            new("one click", $"{config.Model.Name} {size}", "forward", Click),
            .. Batches().Select(batch => new Benchmark(
                "training step", $"{config.Model.Name} {size}, {batch}x{training.Targets} targets, {training.Rounds} rounds", "with update", () => TrainingStep(batch), batch)),
        ];
    }

    private IEnumerable<int> Batches() => batches
        ?? (device.SharesHostMemory
            ? [config.Training.Batch]
            : Enumerable.Range(0, BitOperations.Log2(MostImages)).Select(power => 1 << power).TakeWhile(batch => batch == 1 || Fits(TrainingPlan.Of(With(batch), device))));

    private bool Fits(TrainingPlan plan) => plan.PeakBytes <= room.Bytes && plan.HostBytes <= room.HostBytes;

    private RunConfig With(int batch) => config with { Training = config.Training with { Batch = batch } };

    private Workload Encoder()
    {
        var (model, image) = (Model(training: false), Image());
        return Inference(model, tape => model.UploadImage(tape, image), model.Encode);
    }

    private Workload Click()
    {
        var model = Model(training: false);
        var embedding = Noise(model.EmbeddingShape.Length);
        var prompts = new PromptBatch(1, 1, [.. config.Model.Size.Select(side => side / 2f)], [1]);
        return Inference(model, tape => model.UploadDecoderInputs(tape, embedding, prompts, lowRes: null), (tape, inputs) => model.DecodeToGrid(tape, inputs).Full);
    }

    private Workload Inference<T>(IPromptModel model, Func<Tape, T> inputs, Func<Tape, T, Tensor> compute)
    {
        var passes = PlannedPass.ForInference(backend);
        var tally = new CountingBackend(backend);
        passes.Plan("pass", inputs, compute, Workload.Finish, tally);
        return new(() => passes.Run("pass", inputs, compute, Workload.Finish), tally.Log.Sum(call => call.Flops), tally.Log.Sum(call => call.Bytes), passes, model);
    }

    /// <summary>At a learning rate of 0, so that every run does the same.</summary>
    private Workload TrainingStep(int batch)
    {
        var plan = TrainingPlan.Of(With(batch), device);
        TrainingMemoryCheck.Require(plan, device, room);
        var model = Model(training: true);
        var passes = PlannedPass.ForTraining(backend);
        var step = new TrainingStep(model, plan.Config.Training, passes);
        var optimizer = new Optimizer(model.Parameters, backend, config.Training, model.Traits.ParameterGroups);
        var samples = Enumerable.Range(0, batch).Select(_ => new TrainingSample("noise", Image(), [.. Enumerable.Repeat(Slab(), config.Training.Targets)])).ToArray();
        return new(Run, plan.Step.Flops + plan.Update.Flops, plan.Step.Bytes + plan.Update.Bytes, passes, model);

        void Run()
        {
            step.Run(samples, microBatch: 0);
            optimizer.Step(step: 0, learningRate: 0);
            optimizer.GradientNorm();
        }
    }

    private IPromptModel Model(bool training)
    {
        var model = ModelFamilies.Build(config.Model, backend, training, config.Training.Recompute);
        model.Initialize(seed: 1);
        return model;
    }

    private float[] Image() => Noise(config.Model.Input.Count);

    private static float[] Noise(long length)
    {
        var random = new Random(1);
        var values = new float[length];
        foreach (ref var value in values.AsSpan())
        {
            value = (2 * random.NextSingle()) - 1;
        }

        return values;
    }

    /// <summary>A target: the middle half of the grid along its first axis.</summary>
    private byte[] Slab()
    {
        var voxels = config.Model.Size.Aggregate(1, (product, side) => product * side);
        var mask = new byte[voxels];
        Array.Fill<byte>(mask, 1, voxels / 4, voxels / 2);
        return mask;
    }
}
