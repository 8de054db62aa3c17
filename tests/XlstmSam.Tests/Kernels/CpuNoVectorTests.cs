using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;
using XlstmSam.OpCases;
using XlstmSam.Tests.Slow;

namespace XlstmSam.Tests.Kernels;

/// <summary>
/// The catalogue once more in child processes: with registers of 256 bits at most, of 128 bits, as Arm64 and processors without AVX2 have, and
/// without any, which a wrong switch of the native compiler would leave. Each takes a minute: the last is always run, the others with --slow.
/// </summary>
[Thorough]
public sealed partial class CpuNoVectorTests
{
    [Theory]
    [InlineData(VectorSwitchTests.Avx512)]
    [InlineData(VectorSwitchTests.Avx)]
    [InlineData(VectorSwitchTests.All)]
    public async Task TheCatalogPassesWithout(string vectors)
    {
        if (vectors != VectorSwitchTests.All)
        {
            SlowTests.Require();
        }

        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "XlstmSam.Tests.dll"), "-noLogo", "-noColor", "-class", typeof(OpCaseTests).FullName!, "-class", typeof(VectorSwitchTests).FullName!];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[vectors] = "0";
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync();
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 0, $"With {vectors}=0:\n{output}{await errors}");

        // Every case against its definition and on three numbers of threads, convolutions by every method, unique names, and that the switch works.
        Assert.Equal((2 * Catalog.All.Count) + OpCaseTests.Convolutions.Count + 2, int.Parse(Total().Match(output).Groups[1].ValueSpan));
    }

    [GeneratedRegex("Total: ([0-9]+), Errors: 0, Failed: 0, Skipped: 0")]
    private static partial Regex Total();
}

/// <summary>The vectors that the runtime uses are those of the processor, less what the environment switches off.</summary>
public sealed class VectorSwitchTests
{
    public const string Avx512 = "DOTNET_EnableAVX512";
    public const string Avx = "DOTNET_EnableAVX";
    public const string All = "DOTNET_EnableHWIntrinsic";

    [Fact]
    public void TheSwitchesAreObeyed()
    {
        var flags = File.ReadAllText("/proc/cpuinfo");
        Assert.False(Vector512.IsHardwareAccelerated && !(flags.Contains(" avx512f ", StringComparison.Ordinal) && IsOn(Avx512) && IsOn(Avx) && IsOn(All)));
        Assert.Equal(flags.Contains(" avx2 ", StringComparison.Ordinal) && IsOn(Avx) && IsOn(All), Vector256.IsHardwareAccelerated);
        Assert.Equal(IsOn(All), Vector128.IsHardwareAccelerated);
    }

    private static bool IsOn(string vectors) => Environment.GetEnvironmentVariable(vectors) != "0";
}
