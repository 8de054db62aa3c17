namespace XlstmSam.Tests.Fixtures;

/// <summary>Runs every fixture under the root and prints a line for each.</summary>
public static class FixtureReport
{
    /// <returns>The process's exit code: 1 if any fixture failed.</returns>
    public static int Print(TextWriter output)
    {
        output.WriteLine($"Fixtures in '{Path.GetFullPath(FixtureRoot.Path)}'");
        int passed = 0, failed = 0, skipped = 0;
        foreach (var outcome in ParityFixtures.Run(FixtureRoot.Path).Concat(ChallengeFixtures.Run(FixtureRoot.Path)))
        {
            output.WriteLine(outcome);
            passed += outcome.Status == FixtureStatus.Passed ? 1 : 0;
            failed += outcome.Failed ? 1 : 0;
            skipped += outcome.Status is FixtureStatus.NotApplicable or FixtureStatus.Absent ? 1 : 0;
        }

        output.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed > 0 ? 1 : 0;
    }
}
