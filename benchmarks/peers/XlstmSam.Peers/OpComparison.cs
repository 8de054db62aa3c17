using XlstmSam.Benchmarks.Measuring;
using XlstmSam.Benchmarks.Reports;
using XlstmSam.Benchmarks.Works;
using XlstmSam.Kernels;
using XlstmSam.Peers.Loading;
using XlstmSam.Peers.Ops;
using static TorchSharp.torch;

namespace XlstmSam.Peers;

/// <summary>One kernel call on both sides: first the results, then the peer's fastest form, then the two in turns.</summary>
internal static class OpComparison
{
    private const double Tolerance = 1e-3;

    public static Row Run(KernelWork work, IBackend backend, Effort effort)
    {
        using var scope = NewDisposeScope();
        using var ours = work.Prepare(backend);
        ours.Run();
        var expected = ours.Results();
        Candidate[] candidates = [.. TorchOps.Of(work)];
        foreach (var candidate in candidates)
        {
            Agreement.Require($"{work.Name}, {candidate.Form}", expected, candidate.Values(), Tolerance);
        }

        var peer = Fastest(candidates);
        var timings = Stopclock.InTurns(effort, ours.Run, peer.Run);
        return Comparison.RowOf(work.Name, work.Shape, work.Preset, $"{Libtorch.Name}, {peer.Form}", timings[0], timings[1]);
    }

    private static Candidate Fastest(Candidate[] candidates)
    {
        if (candidates.Length == 1)
        {
            return candidates[0];
        }

        var timings = Stopclock.InTurns(new(TimeSpan.FromSeconds(0.2 * candidates.Length), FewestRounds: 3, MostRounds: 5), [.. candidates.Select(candidate => (Action)candidate.Run)]);
        return candidates[Enumerable.Range(0, candidates.Length).MinBy(c => timings[c].Minimum)];
    }
}
