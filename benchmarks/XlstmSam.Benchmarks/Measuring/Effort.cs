namespace XlstmSam.Benchmarks.Measuring;

/// <summary>How much time a measurement may take.</summary>
/// <param name="Budget">For one row, all sides together; the fewest rounds are done even if they take longer.</param>
public sealed record Effort(TimeSpan Budget, int FewestRounds, int MostRounds = 200)
{
    public static Effort Full { get; } = new(TimeSpan.FromSeconds(3), FewestRounds: 7);

    public static Effort Quick { get; } = new(TimeSpan.FromSeconds(0.6), FewestRounds: 3);

    /// <summary>For work of many seconds.</summary>
    public Effort Once => this with { FewestRounds = Math.Max(2, FewestRounds / 2) };
}
