namespace XlstmSam.Training;

/// <summary>One optimiser step as it went.</summary>
/// <param name="SamplesPerSecond">Prompts of images through encoder and decoder, over the last steps.</param>
public sealed record StepReport(
    long Step, long Steps, double Loss, double FirstDice, double Dice, double Drop, double LearningRate, double GradientNorm, double SamplesPerSecond,
    TimeSpan Left, long PeakBytes);

/// <summary>One validation by the five-click protocol.</summary>
public sealed record ValidationReport(long Step, double Dsc, double Nsd, double FirstDsc, int Prompts, bool IsBest);

/// <summary>Who is told how training goes.</summary>
public interface ITrainingObserver
{
    void OnStep(StepReport report);

    void OnValidation(ValidationReport report);
}
