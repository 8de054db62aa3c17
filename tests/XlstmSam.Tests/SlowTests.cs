namespace XlstmSam.Tests;

/// <summary>Tests of minutes run only on demand: <c>[Fact(Skip = SlowTests.Reason, SkipType = typeof(SlowTests), SkipUnless = nameof(SlowTests.Wanted))]</c>.</summary>
public static class SlowTests
{
    public const string Reason = "slow; run ./test --slow";

    public static bool Wanted => Environment.GetEnvironmentVariable("XSAM_SLOW") == "1";
}
