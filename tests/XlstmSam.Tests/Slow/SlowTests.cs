namespace XlstmSam.Tests.Slow;

/// <summary>Tests that take minutes run with <c>./test --slow</c> only; otherwise they report themselves skipped.</summary>
internal static class SlowTests
{
    public static void Require() => Assert.SkipUnless(Environment.GetEnvironmentVariable("XSAM_SLOW") == "1", "takes minutes; run ./test --slow");
}
