namespace XlstmSam.Training;

/// <summary>The learning rate as a function of the step alone, so that stopping and resuming changes nothing.</summary>
public static class LearningRate
{
    /// <param name="step">The optimiser step about to be taken, from 0.</param>
    /// <param name="steps">The length of the run.</param>
    public static double At(TrainingConfig config, long step, long steps)
    {
        var warm = step < config.WarmUp ? (step + 1.0) / config.WarmUp : 1;
        return config.LearningRate * warm * Shape(config, step, steps);
    }

    private static double Shape(TrainingConfig config, long step, long steps)
    {
        switch (config.Schedule)
        {
            case ScheduleKind.Cosine:
                var progress = Math.Clamp((step - config.WarmUp) / (double)Math.Max(1, steps - 1 - config.WarmUp), 0, 1);
                return config.FinalRate + ((1 - config.FinalRate) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
            case ScheduleKind.MultiStep:
                return Math.Pow(config.Gamma, config.Milestones.Count(milestone => step >= (long)Math.Round(milestone * steps)));
            default:
                return 1;
        }
    }
}
