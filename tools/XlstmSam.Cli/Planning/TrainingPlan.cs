using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Cli.Planning;

/// <summary>What a training step costs, found out without taking it.</summary>
/// <param name="Step">One micro-batch: encode, all click rounds, backward.</param>
/// <param name="Update">The optimiser.</param>
internal sealed record TrainingPlan(RunConfig Config, long ParameterBytes, PassCost Step, PassCost Update, InferencePlan Inference)
{
    /// <summary>The program itself, the code it compiles, and the buffers of its threads.</summary>
    private const long ProgramBytes = 200L << 20;

    /// <summary>Samples that wait prepared while a step runs, and the one in work.</summary>
    private const int SamplesHeld = 5;

    /// <summary>Values, gradients and two moments.</summary>
    public long SlabBytes => 4 * ParameterBytes;

    /// <summary>Prepared samples and downloaded logits in ordinary memory.</summary>
    public long HostBytes
    {
        get
        {
            var (training, voxels) = (Config.Training, Config.Model.Size.Aggregate(1L, (product, side) => product * side));
            var sample = voxels * (sizeof(float) + training.Targets);
            var logits = 2 * voxels * sizeof(float) * training.Targets * training.Batch;
            return ProgramBytes + (SamplesHeld * training.Batch * sample) + logits;
        }
    }

    /// <summary>Everything a run with validation holds at once.</summary>
    public long PeakBytes => SlabBytes + Step.PeakBytes + Inference.PassBytes + HostBytes;

    public static TrainingPlan Of(RunConfig config, IBackend backend)
    {
        var tally = new KernelTally(backend);
        using var model = new SegmentationModel(config.Model, tally, training: true);
        model.Reload();
        var step = StepCost(config, model, backend);
        return new(config, model.Parameters.Values.Length * sizeof(float), step, UpdateCost(config.Training, model.Parameters, backend), InferencePlan.Of(config.Model, backend));
    }

    private static PassCost UpdateCost(TrainingConfig training, ParameterStore parameters, IBackend backend)
    {
        // No gradient arrives while a step is only planned, so the optimiser counts its norm, and the update of all parameters is added.
        var tally = new KernelTally(backend);
        new Optimizer(parameters, tally, training).Step(0, training.LearningRate);
        var step = new AdamWStep((float)training.LearningRate, (float)training.WeightDecay, training.Optimizer == OptimizerKind.AdamW, 1, 1);
        tally.AdamW.Update(step, parameters.Values, parameters.Gradients, parameters.FirstMoment, parameters.SecondMoment);
        return PassCost.Of("update", 0, tally);
    }

    private static PassCost StepCost(RunConfig config, SegmentationModel model, IBackend backend)
    {
        // Every round clicks, so no pass of the run needs more; where clicks fall does not matter here.
        var training = config.Training with { ClickFreeRounds = false, BoxProbability = 0 };
        var sample = new TrainingSample("plan", [], [.. Enumerable.Repeat(Array.Empty<byte>(), training.Targets)]);
        var samples = Enumerable.Repeat(sample, training.Batch).ToArray();
        var tally = new KernelTally(backend);
        using var passes = PlannedPass.ForTraining(backend);
        var step = new TrainingStep(model, training, passes);
        var plan = passes.Plan("step", tape => step.Pass(tape, samples, 0), tally);
        return PassCost.Of("step", plan.PeakBytes, tally);
    }
}
