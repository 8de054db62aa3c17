using System.Diagnostics;
using System.Text.Json;
using XlstmSam.Tests.Cli;
using XlstmSam.Tests.Fixtures;
using XlstmSam.Tests.Kernels;

namespace XlstmSam.Tests.Slow;

/// <summary>
/// The native program of tools/publish.sh, run where there is no dotnet: it needs libc and libm alone, segments as the managed program does,
/// trains, and is as fast as the managed program is with the vectors that it was compiled for.
/// </summary>
[Thorough]
public sealed class PublishTests(PhantomFiles files) : IClassFixture<PhantomFiles>
{
    /// <summary>A product: a convolution's time differs by a third between processes of the same program.</summary>
    private const string Row = "linear 512x96->192 forward";
    private const int Comparisons = 5;

    /// <summary>The shortest times of five processes a side may still differ by this much on a machine with other work.</summary>
    private const double Noise = 1.25;
    private readonly string[] managed = ["dotnet", Path.Combine(AppContext.BaseDirectory, "xsam-engine.dll")];

    [Fact]
    public void TheNativeProgramStandsAloneAndIsAsFast()
    {
        SlowTests.Require();
        var target = files.File("published");
        Run([Path.Combine(FixtureRoot.Repository, "tools", "publish.sh"), target], path: null);
        string[] native = [Path.Combine(target, "xsam-engine")];
        Assert.Equal(["libc.so.6", "libm.so.6"], Libraries(native[0]));
        Assert.Contains("/xsam-engine\n", Run(["tar", "tzf", Directory.GetFiles(target, "*-linux-x64.tar.gz").Single()], path: null), StringComparison.Ordinal);

        var empty = Directory.CreateDirectory(files.File("empty")).FullName;
        Assert.Equal(Segment(managed, path: null), Segment(native, empty));
        Run([.. native, "train", "--preset", "tiny", "--steps", "5", "--data", files.Data, "--out", files.File("run")], empty);
        Assert.True(File.Exists(files.File("run/last.safetensors")));

        var (jit, aot) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < Comparisons; i++)
        {
            jit = Math.Min(jit, Milliseconds(managed, path: null));
            aot = Math.Min(aot, Milliseconds(native, empty));
        }

        Assert.InRange(aot / jit, 1 / Noise, Noise);
    }

    /// <summary>The libraries that the dynamic linker would load, apart from itself and the kernel's own.</summary>
    private static string[] Libraries(string program) =>
    [
        .. Run(["ldd", program], path: null).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Trim().Split(' ')[0])
            .Where(name => !name.StartsWith("linux-vdso", StringComparison.Ordinal) && !name.Contains("ld-linux", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The number of voxels found by one click.</summary>
    private long Segment(string[] program, string? path)
    {
        using var json = JsonDocument.Parse(Run([.. program, "segment", "--model", files.Model, "--image", files.Nifti, "--point", "20,20,20,+", "--out", files.File("mask.nii.gz"), "--json"], path));
        return json.RootElement.GetProperty("voxels").GetInt64();
    }

    private double Milliseconds(string[] program, string? path)
    {
        var rows = files.File("rows.json");
        Run([.. program, "bench", "--filter", Row, "--threads", "1", "--json", rows], path);
        using var json = JsonDocument.Parse(File.ReadAllText(rows));
        return json.RootElement.GetProperty("rows")[0].GetProperty("shortestMs").GetDouble();
    }

    /// <param name="path">Where programs are looked for instead of the PATH.</param>
    private static string Run(string[] command, string? path)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (path is not null)
        {
            start.Environment["PATH"] = path;
            start.Environment.Remove("DOTNET_ROOT");
        }

        start.Environment[VectorSwitchTests.Avx512] = "0";

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: exit code {process.ExitCode}: {errors.Result}");
        return output;
    }
}
