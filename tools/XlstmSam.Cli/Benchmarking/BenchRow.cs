using System.Text.Json;

namespace XlstmSam.Cli.Benchmarking;

/// <summary>What was measured of one workload.</summary>
/// <param name="Milliseconds">The median.</param>
/// <param name="PeakBytes">The most memory that the process took on the device until now.</param>
internal sealed record BenchRow(Benchmark Benchmark, double Milliseconds, double Shortest, int Runs, long Flops, long Bytes, long PeakBytes)
{
    public double GigaflopsPerSecond => Flops / (1e6 * Milliseconds);

    public double GigabytesPerSecond => Bytes / (1e6 * Milliseconds);

    /// <summary>Null where the work is no training step.</summary>
    public double? SamplesPerSecond => 1e3 * Benchmark.Samples / Milliseconds;

    /// <summary>The members of an object.</summary>
    public void Write(Utf8JsonWriter writer, DevicePeaks peaks)
    {
        writer.WriteString("name", Benchmark.Name);
        writer.WriteString("shape", Benchmark.Shape);
        writer.WriteString("pass", Benchmark.Pass);
        writer.WriteNumber("medianMs", Milliseconds);
        writer.WriteNumber("shortestMs", Shortest);
        writer.WriteNumber("runs", Runs);
        writer.WriteNumber("flops", Flops);
        writer.WriteNumber("bytes", Bytes);
        writer.WriteNumber("gflopPerSecond", GigaflopsPerSecond);
        writer.WriteNumber("gigabytesPerSecond", GigabytesPerSecond);
        writer.WriteNumber("ofProductRate", GigaflopsPerSecond / peaks.GigaflopsPerSecond);
        writer.WriteNumber("ofCopyRate", GigabytesPerSecond / peaks.GigabytesPerSecond);
        writer.WriteNumber("peakBytes", PeakBytes);
        if (SamplesPerSecond is { } samples)
        {
            writer.WriteNumber("batch", Benchmark.Samples!.Value);
            writer.WriteNumber("samplesPerSecond", samples);
        }
    }
}
