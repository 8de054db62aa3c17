using System.Diagnostics;
using XlstmSam.Engine;

namespace XlstmSam.Cli.Benchmarking;

/// <summary>A workload's name and shape, and how to set it up.</summary>
/// <param name="Pass">What is timed of it: forward, or forward with backward.</param>
/// <param name="Samples">Images that a training step learns from; null for other work.</param>
internal sealed record Benchmark(string Name, string Shape, string Pass, Func<Workload> Open, int? Samples = null)
{
    public override string ToString() => $"{Name} {Shape} {Pass}";
}

/// <summary>Work that is set up and can be done again and again, at a cost that its geometries tell.</summary>
/// <param name="owned">What it holds, in order of disposal.</param>
internal sealed class Workload(Action run, long flops, long bytes, params IDisposable[] owned) : IDisposable
{
    private const int FewestRuns = 3;

    public long Flops => flops;

    public long Bytes => bytes;

    /// <summary>
    /// The median and the shortest time of a run in milliseconds, after a warm-up in which the runtime compiles what it finds busy and passes are captured.
    /// Other work on the machine moves the median much, the shortest time little.
    /// </summary>
    /// <param name="seconds">How long to measure, and how long to warm up.</param>
    public (double Median, double Shortest, int Runs) Time(Device device, double seconds, CancellationToken cancel)
    {
        Repeat(device, seconds, cancel);
        var times = Repeat(device, seconds, cancel);
        times.Sort();
        return (times[times.Count / 2], times[0], times.Count);
    }

    /// <summary>The last phase of a pass whose result nobody wants: waits, so that the clock sees the work and not only its launch.</summary>
    public static Tensor Finish(Tape tape, Tensor result)
    {
        tape.Backend.Synchronize();
        return result;
    }

    public void Dispose()
    {
        foreach (var thing in owned)
        {
            thing.Dispose();
        }
    }

    private List<double> Repeat(Device device, double seconds, CancellationToken cancel)
    {
        var times = new List<double>();
        for (var all = Stopwatch.StartNew(); times.Count < FewestRuns || all.Elapsed.TotalSeconds < seconds;)
        {
            cancel.ThrowIfCancellationRequested();
            times.Add(device.Time(run).TotalMilliseconds);
        }

        return times;
    }
}
