using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace XlstmSam.Tests;

/// <summary>The test executable: <c>--fixtures</c> prints a line per fixture, everything else is the test runner's.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["--fixtures"])
        {
            return Fixtures.FixtureReport.Print(Console.Out);
        }

        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}
