namespace XlstmSam.Tests.Fixtures;

/// <summary>How one fixture went, for a test or for one line of a report.</summary>
public sealed record FixtureOutcome(string Name, FixtureStatus Status, string Message)
{
    public bool Failed => Status == FixtureStatus.Failed;

    /// <summary>One line: what happened, the name, the numbers.</summary>
    public override string ToString()
    {
        var word = Status switch
        {
            FixtureStatus.Passed => "ok",
            FixtureStatus.Failed => "FAILED",
            FixtureStatus.NotApplicable => "not applicable",
            _ => "absent",
        };
        return $"{word,-14} {Name,-32} {Message}".TrimEnd();
    }
}

/// <summary>What became of a fixture. NotApplicable: a kind this program has no part for; Absent: an optional file that is not there.</summary>
public enum FixtureStatus
{
    Passed,
    Failed,
    NotApplicable,
    Absent,
}
