using XlstmSam.Training.Metrics;

namespace XlstmSam.Training;

/// <summary>How cases are evaluated.</summary>
/// <param name="NoBoxes">Begin with the first click even where a case has boxes.</param>
/// <param name="MaxCases">The most cases, taken evenly from the list; 0 takes all.</param>
/// <param name="OnCase">Told of every result at once, for tables that survive an interruption.</param>
/// <param name="OnFailure">Told of a case that cannot be read, which is then left out; null stops there.</param>
/// <param name="SaveFolder">Where an npz per case goes, or null.</param>
public sealed record EvaluationOptions(
    bool NoBoxes = false,
    TimeLimitRule TimeLimit = TimeLimitRule.Warn,
    int MaxCases = 0,
    Action<ChallengeResult>? OnCase = null,
    Action<CaseInfo, Exception>? OnFailure = null,
    string? SaveFolder = null)
{
    /// <summary>Told what is doubtful about a case that is scored; null where nobody asks.</summary>
    public Action<IReadOnlyList<string>>? OnWarnings { get; init; }
}
