using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>Decoupled weight decay (AdamW), or decay added to the gradient (Adam).</summary>
public enum OptimizerKind
{
    AdamW,
    Adam,
}

/// <summary>How the learning rate moves over the steps after the warm-up.</summary>
public enum ScheduleKind
{
    Constant,
    Cosine,
    MultiStep,
}

/// <summary>Where clicks fall. Challenge: as the evaluator places them, the deepest voxel of the largest error. Random: uniform, as upstream trains.</summary>
public enum ClickRule
{
    Challenge,
    Random,
}

/// <summary>Whether a step's loss is the sum over its click rounds, as upstream has it, or their mean.</summary>
public enum LossReduction
{
    Sum,
    Mean,
}

/// <summary>Everything that shapes a training run except the model and the data. Length and schedule count optimiser steps.</summary>
public sealed record TrainingConfig
{
    /// <summary>Optimiser steps of the run; 0 takes <see cref="Epochs"/>.</summary>
    public long Steps { get; init; }

    /// <summary>Passes over the cases, used when <see cref="Steps"/> is 0.</summary>
    public int Epochs { get; init; }

    public ulong Seed { get; init; } = 2023;

    /// <summary>Images per micro-batch.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Targets per image, all on one shared embedding.</summary>
    public int Targets { get; init; } = 1;

    /// <summary>Micro-batches per optimiser step, exactly.</summary>
    public int Accumulation { get; init; } = 1;

    public int Rounds { get; init; } = 11;

    /// <summary>Upstream's rounds without a click: one drawn from rounds 2 to 8, and the last.</summary>
    public bool ClickFreeRounds { get; init; } = true;

    /// <summary>The share of steps whose first round has a box instead of a click.</summary>
    public double BoxProbability { get; init; } = 0.5;

    /// <summary>Where the clicks after the first fall.</summary>
    public ClickRule NextClick { get; init; } = ClickRule.Random;

    /// <summary>The share of first clicks on the object's deepest voxel; the others are uniform in the object.</summary>
    public double DeepestFirstClick { get; init; }

    /// <summary>A voxel counts as predicted above this logit when clicks are placed; upstream compares logits with 0.5.</summary>
    public float ClickThreshold { get; init; } = 0.5f;

    public LossReduction LossReduction { get; init; } = LossReduction.Sum;

    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    public double LearningRate { get; init; } = 8e-4;

    /// <summary>The learning rates of groups of parameters, as factors of the run's; groups that are not named have the model's own factors.</summary>
    public Dictionary<string, double> Rates { get; init; } = [];

    public double WeightDecay { get; init; } = 0.1;

    public ScheduleKind Schedule { get; init; } = ScheduleKind.MultiStep;

    /// <summary>MultiStep: the rate falls by <see cref="Gamma"/> at these shares of the run.</summary>
    public double[] Milestones { get; init; } = [0.6, 0.9];

    public double Gamma { get; init; } = 0.1;

    /// <summary>Cosine: the last step's share of the learning rate.</summary>
    public double FinalRate { get; init; } = 0.01;

    /// <summary>Steps over which the rate rises linearly from 0.</summary>
    public int WarmUp { get; init; }

    /// <summary>The largest global gradient norm; 0 does not clip.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Names of the stages whose activations are dropped and computed again in backward. Null where nobody chose: then as few as the memory
    /// allows.</summary>
    public string[]? Recompute { get; init; }

    /// <summary>Targets smaller than this many grid voxels are not trained on.</summary>
    public int MinimumVoxels { get; init; } = 10;

    /// <summary>Steps between validations; 0 validates at the end only.</summary>
    public int ValidateEvery { get; init; }

    /// <summary>The largest number of cases a validation runs.</summary>
    public int ValidationCases { get; init; } = 24;

    /// <summary>The share of cases held out where the data set names no split.</summary>
    public double ValidationShare { get; init; } = 0.1;

    public AugmentationConfig Augmentation { get; init; } = new();
}

/// <summary>Random changes of a training sample. Angles in degrees, shifts in grid voxels; probabilities are per sample or axis.</summary>
public sealed record AugmentationConfig
{
    /// <summary>The probability of mirroring along RAS x, y and z.</summary>
    public double[] Flip { get; init; } = [0.5, 0.5, 0.5];

    public double RotationProbability { get; init; } = 0.2;

    /// <summary>The largest rotation about each axis.</summary>
    public double Rotation { get; init; } = 15;

    public double ScaleProbability { get; init; }

    /// <summary>Zoom between 1 - Scale and 1 + Scale.</summary>
    public double Scale { get; init; } = 0.1;

    public double ShiftProbability { get; init; } = 0.5;

    /// <summary>The largest shift of the crop along each axis.</summary>
    public double Shift { get; init; } = 16;

    public double IntensityProbability { get; init; } = 0.3;

    /// <summary>After z-normalisation: multiply by 1 ± IntensityScale, add ± IntensityShift.</summary>
    public double IntensityScale { get; init; } = 0.1;

    public double IntensityShift { get; init; } = 0.1;

    public double NoiseProbability { get; init; } = 0.15;

    /// <summary>Gaussian noise with a standard deviation drawn from [0, Noise].</summary>
    public double Noise { get; init; } = 0.1;

    /// <summary>No change at all: training sees what inference sees.</summary>
    public static AugmentationConfig None { get; } = new()
    {
        Flip = [0, 0, 0],
        RotationProbability = 0,
        ShiftProbability = 0,
        IntensityProbability = 0,
        NoiseProbability = 0,
    };
}

/// <summary>A run's whole configuration: what <c>--config</c> reads and the run folder keeps.</summary>
public sealed record RunConfig
{
    public required ModelConfig Model { get; init; }

    public required TrainingConfig Training { get; init; }
}
