using System.Diagnostics;

namespace XlstmSam.Benchmarks.Measuring;

/// <summary>Measures calls, alone or several in turns, so that whatever disturbs the machine disturbs all of them.</summary>
public static class Stopclock
{
    /// <summary>Calls shorter than this are repeated within a round.</summary>
    private const double ShortestRound = 8;
    private const double WarmUp = 200;
    private const int MostWarmUps = 40;

    /// <summary>An OpenMP worker spins for some milliseconds after a parallel region and would take a core from the side that comes next.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    /// <summary>Rounds in which every call has its turn, after a pause each.</summary>
    public static Timing[] InTurns(Effort effort, params Action[] calls)
    {
        var repeats = calls.Select(Calibrate).ToArray();
        var rounds = calls.Select(_ => new List<(double, double)>()).ToArray();
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < effort.MostRounds && (round < effort.FewestRounds || clock.Elapsed < effort.Budget); round++)
        {
            for (var side = 0; side < calls.Length; side++)
            {
                Thread.Sleep(Pause);
                rounds[side].Add(Measure(calls[side], repeats[side]));
            }
        }

        return [.. rounds.Select(Timing.Of)];
    }

    /// <summary>Milliseconds of one call: wall, and processor time of the whole process.</summary>
    public static (double Wall, double Processor) Measure(Action call, int repeats = 1)
    {
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        for (var r = 0; r < repeats; r++)
        {
            call();
        }

        var wall = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return (wall / repeats, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / repeats);
    }

    /// <summary>Warms a call up, so that the JIT is through with it, and tells how often to repeat it in a round.</summary>
    private static int Calibrate(Action call)
    {
        var clock = Stopwatch.StartNew();
        var fastest = double.MaxValue;
        for (var i = 0; i < MostWarmUps && (i == 0 || clock.Elapsed.TotalMilliseconds < WarmUp); i++)
        {
            fastest = Math.Min(fastest, Measure(call).Wall);
        }

        return fastest >= ShortestRound ? 1 : (int)(ShortestRound / Math.Max(fastest, 1e-4)) + 1;
    }
}
