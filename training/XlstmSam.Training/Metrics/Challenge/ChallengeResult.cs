namespace XlstmSam.Training.Metrics;

/// <summary>What becomes of a case that takes longer than its limit.</summary>
public enum TimeLimitRule
{
    /// <summary>Scores stand; <see cref="ChallengeResult.ExceedsTimeLimit"/> tells (the challenge's script).</summary>
    Warn,

    /// <summary>All scores of the case become 0 (the challenge's ranking).</summary>
    Zero,
}

/// <summary>The outcome of one case: seconds, DSC and NSD of the box round and the five click rounds.</summary>
public sealed record ChallengeResult(
    string CaseName, int Classes, IReadOnlyList<double> Seconds, IReadOnlyList<double> Dsc, IReadOnlyList<double> Nsd)
{
    public const int Clicks = 5;
    public const int Rounds = Clicks + 1;
    public const int SecondsPerClassLimit = 90;

    public double TotalSeconds => Seconds.Sum();

    public double SecondsPerClass => TotalSeconds / Classes;

    /// <summary>Seconds allowed for all rounds of the case together.</summary>
    public int TimeLimit => SecondsPerClassLimit * Classes;

    public bool ExceedsTimeLimit => TotalSeconds > TimeLimit;

    public double DscAuc => AreaUnderCurve(Dsc);

    public double NsdAuc => AreaUnderCurve(Nsd);

    public double DscFinal => Dsc[^1];

    public double NsdFinal => Nsd[^1];

    /// <summary>The case under a time limit rule.</summary>
    public ChallengeResult Under(TimeLimitRule rule) =>
        rule == TimeLimitRule.Zero && ExceedsTimeLimit ? this with { Dsc = new double[Rounds], Nsd = new double[Rounds] } : this;

    /// <summary>Trapezoids over the five click rounds, one apart: from 0 to 4, not normalised.</summary>
    public static double AreaUnderCurve(IReadOnlyList<double> rounds)
    {
        var area = 0.0;
        for (var i = rounds.Count - Clicks; i < rounds.Count - 1; i++)
        {
            area += (rounds[i + 1] + rounds[i]) / 2;
        }

        return area;
    }
}
