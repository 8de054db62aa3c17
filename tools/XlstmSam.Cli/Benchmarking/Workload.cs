using System.Diagnostics;
using XlstmSam.Engine;

namespace XlstmSam.Cli.Benchmarking;

/// <summary>A workload's name and shape, and how to set it up.</summary>
/// <param name="Pass">What is timed of it: forward, or forward with backward.</param>
internal sealed record Benchmark(string Name, string Shape, string Pass, Func<Workload> Open)
{
    public override string ToString() => $"{Name} {Shape} {Pass}";
}

/// <summary>Work that is set up and can be done again and again, at a cost that its geometries tell.</summary>
/// <param name="owned">What it holds, in order of disposal.</param>
internal sealed class Workload(Action run, long flops, long bytes, params IDisposable[] owned) : IDisposable
{
    private const double WarmUpSeconds = 0.5;
    private const double TimedSeconds = 0.5;
    private const int FewestRuns = 3;

    public long Flops => flops;

    public long Bytes => bytes;

    /// <summary>
    /// The median and the shortest time of a run in milliseconds, after a warm-up in which the runtime compiles what it finds busy. Other
    /// work on the machine moves the median much, the shortest time little.
    /// </summary>
    public (double Median, double Shortest, int Runs) Time(CancellationToken cancel)
    {
        Repeat(FewestRuns, WarmUpSeconds, cancel);
        var times = Repeat(FewestRuns, TimedSeconds, cancel);
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

    private List<double> Repeat(int fewest, double seconds, CancellationToken cancel)
    {
        var times = new List<double>();
        for (var all = Stopwatch.StartNew(); times.Count < fewest || all.Elapsed.TotalSeconds < seconds;)
        {
            cancel.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }
}
