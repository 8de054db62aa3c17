using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace XlstmSam.Benchmarks.Reports;

/// <summary>What the numbers of a report depend on, in one line.</summary>
public static class Machine
{
    /// <param name="vectors">The vector instructions of all sides.</param>
    public static string Describe(int threads, string vectors, double peakGflops) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor()}, {vectors}, {Environment.ProcessorCount} processors, {threads} threads used, " +
        $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30):0.0} GiB, peak {peakGflops:0} Gflop/s in this process, " +
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");

    /// <summary>What our kernels may use in this process.</summary>
    public static string Vectors => Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "neither AVX2 nor AVX-512";

    private static string Processor()
    {
        const string Key = "model name";
        var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
