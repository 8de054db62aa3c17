using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Runtime;

namespace XlstmSam.Training;

/// <summary>What a training step costs, found out without taking it.</summary>
/// <param name="SharesHostMemory">True where samples and program lie in the device's memory.</param>
/// <param name="Step">One micro-batch: encode, all click rounds, backward.</param>
/// <param name="Update">The optimiser.</param>
public sealed record TrainingPlan(RunConfig Config, bool SharesHostMemory, long ParameterBytes, PassCost Step, PassCost Update, InferencePlan Inference)
{
    /// <summary>Prepared cases are kept in memory, these at least.</summary>
    public const long LeastCacheBytes = 64L << 20;

    /// <summary>Samples that wait prepared while a step runs, and the one in work.</summary>
    private const int SamplesHeld = 5;

    /// <summary>Values, gradients and two moments, and what follows from the values alone.</summary>
    public long SlabBytes => (4 * ParameterBytes) + Inference.ConstantBytes;

    /// <summary>What kernels keep for themselves.</summary>
    public long ScratchBytes => Math.Max(Step.ScratchBytes, Inference.ScratchBytes);

    /// <summary>The program, prepared cases and samples, and parameters on their way to a file, of which about one slab piles up before it is collected.</summary>
    public long HostBytes
    {
        get
        {
            var (training, input) = (Config.Training, Config.Model.Input);
            var sample = (input.Count * sizeof(float)) + (input.Size.Count * training.Targets);
            return InferencePlan.HostBytes(SharesHostMemory) + LeastCacheBytes + ParameterBytes + (SamplesHeld * training.Batch * sample);
        }
    }

    /// <summary>What the passes take: training and the validation in between use the same memory in turn.</summary>
    public long PassBytes => Math.Max(Step.PeakBytes, Inference.PassBytes);

    /// <summary>Everything a run with validation holds at once in the device's memory.</summary>
    public long PeakBytes => SlabBytes + PassBytes + ScratchBytes + Inference.DriverBytes + (SharesHostMemory ? HostBytes : 0);

    public static TrainingPlan Of(RunConfig config, Device device)
    {
        var backend = device.Backend;
        using var model = Rehearsed(config, backend);
        var step = StepCost(config, model, backend);
        return new(config, device.SharesHostMemory, model.Parameters.Values.Length * sizeof(float), step, UpdateCost(config.Training, model, backend), InferencePlan.Of(config.Model, device));
    }

    /// <summary>The same run with other stages recomputed.</summary>
    public TrainingPlan With(IEnumerable<string> recompute, Device device)
    {
        var config = Config with { Training = Config.Training with { Recompute = StageList.InOrder(Config.Model, recompute) } };
        using var model = Rehearsed(config, device.Backend);
        return this with { Config = config, Step = StepCost(config, model, device.Backend) };
    }

    private static IPromptModel Rehearsed(RunConfig config, IBackend backend)
    {
        var model = ModelFamilies.Build(config.Model, new CountingBackend(backend), training: true, config.Training.Recompute);
        model.Reload();
        return model;
    }

    private static PassCost UpdateCost(TrainingConfig training, IPromptModel model, IBackend backend)
    {
        var parameters = model.Parameters;
        // No gradient arrives while a step is only planned, so the optimiser counts its norm, and the update of all parameters is added.
        var tally = new CountingBackend(backend);
        new Optimizer(parameters, tally, training, model.Traits.ParameterGroups).Step(0, training.LearningRate);
        var step = new AdamWStep((float)training.LearningRate, (float)training.WeightDecay, training.Optimizer == OptimizerKind.AdamW, 1);
        tally.AdamW.Update(step, parameters.GradientSquares, parameters.Values, parameters.Gradients, parameters.FirstMoment, parameters.SecondMoment);
        return PassCost.Of("update", 0, tally);
    }

    private static PassCost StepCost(RunConfig config, IPromptModel model, IBackend backend)
    {
        // Every round clicks, so no pass of the run needs more; where clicks fall does not matter here.
        var training = config.Training with { ClickFreeRounds = false, BoxProbability = 0 };
        var sample = new TrainingSample("plan", [], [.. Enumerable.Repeat(Array.Empty<byte>(), training.Targets)]);
        var samples = Enumerable.Repeat(sample, training.Batch).ToArray();
        var tally = new CountingBackend(backend);
        using var passes = PlannedPass.ForTraining(backend);
        var plan = new TrainingStep(model, training, passes).Plan(samples, tally);
        return PassCost.Of("step", plan.PeakBytes, tally);
    }
}
