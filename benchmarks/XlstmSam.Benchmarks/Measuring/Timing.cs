namespace XlstmSam.Benchmarks.Measuring;

/// <summary>How long one call took, over all rounds, in milliseconds. Processor time counts every thread of the process.</summary>
public readonly record struct Timing(double Median, double Minimum, double Processor)
{
    /// <summary>Wall and processor milliseconds of every round.</summary>
    public static Timing Of(IReadOnlyList<(double Wall, double Processor)> rounds) =>
        new(MedianOf(rounds.Select(r => r.Wall)), rounds.Min(r => r.Wall), MedianOf(rounds.Select(r => r.Processor)));

    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
