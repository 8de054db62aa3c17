using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>The training configuration that belongs to a model preset.</summary>
public static class TrainingPresets
{
    public static RunConfig Get(string preset) => new()
    {
        Model = Presets.Get(preset),
        Training = preset == "tiny" ? Tiny : new() { Epochs = 200, Accumulation = 20, ValidationCases = 3 },
    };

    /// <summary>The small network's recipe: few rounds, all clicks, both parts of an image at once, equal rates, a box first in half of the steps.</summary>
    private static TrainingConfig Tiny { get; } = new()
    {
        Steps = 1100,
        Batch = 2,
        Targets = 2,
        Rounds = 4,
        ClickFreeRounds = false,
        BoxProbability = 0.5,
        NextClick = ClickRule.Challenge,
        DeepestFirstClick = 0.5,
        ClickThreshold = 0,
        LossReduction = LossReduction.Mean,
        LearningRate = 2e-3,
        DecoderRate = 1,
        WeightDecay = 0.05,
        Schedule = ScheduleKind.Cosine,
        WarmUp = 20,
        ClipNorm = 1,
        ValidationCases = 12,
        Augmentation = new()
        {
            Flip = [0.5, 0, 0],
            RotationProbability = 1,
            Rotation = 10,
            ScaleProbability = 1,
            Scale = 0.1,
            ShiftProbability = 1,
            Shift = 2,
            IntensityProbability = 1,
            IntensityScale = 0.15,
            IntensityShift = 0.15,
            NoiseProbability = 1,
            Noise = 0.1,
        },
    };
}
