using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>What a training configuration must satisfy.</summary>
public static class TrainingRules
{
    public static void Check(TrainingConfig config, string where)
    {
        var fault = Faults(config).FirstOrDefault();
        if (fault is not null)
        {
            throw new InvalidDataException($"Training configuration in {where}: {fault}.");
        }
    }

    /// <summary>What training asks of its model: groups of parameters, stages and prompts that the model has.</summary>
    /// <exception cref="InvalidDataException">The model has not what the training names.</exception>
    public static void CheckFit(RunConfig config, string where)
    {
        var (traits, training, name) = (config.Model.Traits(), config.Training, config.Model.Name);
        var groups = traits.ParameterGroups.Select(group => group.Name).ToArray();
        var stages = traits.RecomputableStages.Select(stage => stage.Name).ToArray();
        var fault = training.Rates.Keys.Except(
            groups).FirstOrDefault() is { } rate ? $"rates names '{rate}'; the parameter groups of '{name}' are {string.Join(", ", groups)}"
            : (training.Recompute ?? [])
                .Except(stages).FirstOrDefault() is { } stage ? $"recompute names '{stage}'; the stages of '{name}' are {string.Join(", ", stages)}"
            : training.BoxProbability > 0
                && !traits.Prompts.HasFlag(PromptKinds.Box) ? $"boxProbability is {training.BoxProbability}; '{name}' takes no boxes, so set it to 0"
            : null;
        if (fault is not null)
        {
            throw new InvalidDataException($"Training configuration in {where}: {fault}.");
        }
    }

    private static IEnumerable<string> Faults(TrainingConfig c)
    {
        if (c.Steps < 0 || c.Epochs < 0 || (c.Steps == 0 && c.Epochs == 0))
        {
            yield return $"steps is {c.Steps} and epochs is {c.Epochs}; one of them must be positive";
        }

        if (!Enum.IsDefined(c.NextClick) || !Enum.IsDefined(c.LossReduction) || !Enum.IsDefined(c.Optimizer) || !Enum.IsDefined(c.Schedule))
        {
            yield return "nextClick, lossReduction, optimizer and schedule must be one of their choices, by name";
        }

        if (c.Batch is < 1 or > 256 || c.Targets is < 1 or > 64 || c.Accumulation is < 1 or > 100_000 || c.Rounds is < 1 or > 100)
        {
            yield return $"batch {c.Batch} (1 to 256), targets {c.Targets} (1 to 64), accumulation {c.Accumulation} (1 to 100000) and rounds {c.Rounds} (1 " +
                "to 100) must lie in their ranges";
        }

        if (!Positive(c.LearningRate) || c.Rates.Values.Any(rate => rate is not (>= 0 and <= 1000)) || c.WeightDecay is < 0 or > 10 || c.ClipNorm < 0
            || !double.IsFinite(c.ClipNorm))
        {
            yield return $"learningRate {c.LearningRate} must be positive, rates ({string.Join(", ", c.Rates.Values)}) must lie between 0 and 1000, " +
                $"weightDecay {c.WeightDecay} and clipNorm {c.ClipNorm} must not be negative";
        }

        double[] shares = [c.BoxProbability, c.DeepestFirstClick, c.FinalRate, c.Gamma, c.ValidationShare, .. c.Milestones];
        if (shares.Any(share => share is not (>= 0 and <= 1)))
        {
            yield return "boxProbability, deepestFirstClick, finalRate, gamma, validationShare and milestones must lie between 0 and 1";
        }

        if (c.WarmUp < 0 || c.ValidateEvery < 0 || c.ValidationCases < 0 || c.MinimumVoxels < 1)
        {
            yield return "warmUp, validateEvery and validationCases must not be negative, minimumVoxels must be positive";
        }

        var a = c.Augmentation;
        if (a.Flip.Length != 3
            || a.Flip.Append(a.RotationProbability)
                .Append(a.ScaleProbability).Append(a.ShiftProbability).Append(a.IntensityProbability).Append(a.NoiseProbability)
                .Any(p => p is not (>= 0 and <= 1)))
        {
            yield return "augmentation: three flip probabilities and all other probabilities must lie between 0 and 1";
        }

        if (a.Rotation is not (>= 0 and <= 180) || a.Scale is not (>= 0 and < 1) || a.Shift is not (>= 0 and <= 1024) || a.IntensityScale is not (>= 0 and < 1)
            || a.IntensityShift is not (>= 0 and <= 10) || a.Noise is not (>= 0 and <= 10))
        {
            yield return "augmentation: rotation must lie in 0 to 180 degrees, scale and intensityScale in 0 to 1, shift, intensityShift and noise not be " +
                "negative";
        }
    }

    private static bool Positive(double value) => double.IsFinite(value) && value > 0;
}
