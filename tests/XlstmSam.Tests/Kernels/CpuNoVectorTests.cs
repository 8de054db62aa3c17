using System.Diagnostics;

namespace XlstmSam.Tests.Kernels;

/// <summary>The catalogue once more in a child process without SIMD: old processors, and what a wrong AOT switch would run.</summary>
public sealed class CpuNoVectorTests
{
    private const string Switch = "DOTNET_EnableHWIntrinsic";

    [Fact]
    public async Task TheCatalogPassesWithoutVectorInstructions()
    {
        var self = Path.Combine(AppContext.BaseDirectory, "XlstmSam.Tests.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { self, "-noLogo", "-noColor", "-class", typeof(OpCaseTests).FullName! })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Switch] = "0";
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync();
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 0, $"With {Switch}=0:\n{output}{await errors}");
    }

    [Fact]
    public void TheSwitchIsObeyed()
    {
        if (Environment.GetEnvironmentVariable(Switch) == "0")
        {
            Assert.False(System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated);
        }
    }
}
