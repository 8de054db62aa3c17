using XlstmSam.Measuring;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Cli.Benchmarking;

/// <summary>
/// A training step whose clicks are given, so that another program can do the same work from the same weights: it leaves them in a folder, and keeps
/// the losses of its first two steps for comparison. benchmarks/peers/torch_cuda.py is that program.
/// </summary>
internal sealed class PeerStep(RunConfig run, Device device, MemoryRoom room, string folder)
{
    public const string WeightsFile = "weights.safetensors";

    private readonly RunConfig config = run with { Training = new() };

    public double[] Losses { get; private set; } = [];

    public Benchmark Benchmark =>
        new(
            "training step, fixed clicks",
            $"{config.Model.Name} {string.Join("x", config.Model.Size)}, 1x1 targets, {config.Training.Rounds} rounds",
            "with update",
            Open,
            Samples: 1);

    private Workload Open()
    {
        if (config.Model is not XlstmSamConfig)
        {
            throw new UsageException(
                $"--peer: '{config.Model.Name}' is of the family {config.Model.Traits().Family}; the other program knows {XlstmSamFamily.FamilyName} alone.");
        }

        var side = config.Model.Size[0];
        if (config.Model.Size.Any(other => other != side))
        {
            throw new UsageException($"--peer: the grid is {string.Join("x", config.Model.Size)}; expected a cube.");
        }

        var plan = TrainingPlan.Of(config, device);
        TrainingMemoryCheck.Require(plan, device, room);
        var inputs = ModelInputs.Of(side);
        var model = new ModelHarness(config.Model, device.Backend, training: true);
        Directory.CreateDirectory(folder);
        WeightFile.Save(Path.Combine(folder, WeightsFile), model.Model, new Dictionary<string, string>());
        Losses = [model.Step(inputs), model.Step(inputs)];
        return new(Run, plan.Step.Flops + plan.Update.Flops, plan.Step.Bytes + plan.Update.Bytes, model);

        void Run()
        {
            model.Step(inputs);
            device.Backend.Synchronize();
        }
    }
}
