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
    private const double Tolerance = 2e-3;

    public static Row Run(KernelWork work, IBackend backend, Effort effort)
    {
        using var scope = NewDisposeScope();
        using var ours = work.Prepare(backend);
        ours.Run();
        var expected = ours.Results();
        var peer = Fastest(InAgreement(work, expected));
        var timings = Stopclock.InTurns(effort, ours.Run, peer.Run);
        return Comparison.RowOf(work.Name, work.Shape, work.Preset, $"{Libtorch.Name}, {peer.Form}", timings[0], timings[1]);
    }

    /// <summary>
    /// The first form is the plain one and must agree. Another that does not is left out: over two million voxels the peer's channels-last
    /// group norm is off by two percent.
    /// </summary>
    private static Candidate[] InAgreement(KernelWork work, float[][] expected)
    {
        var agreeing = new List<Candidate>();
        foreach (var candidate in TorchOps.Of(work))
        {
            var distance = Agreement.Distance(expected, candidate.Values());
            if (distance <= Tolerance)
            {
                agreeing.Add(candidate);
            }
            else if (agreeing.Count == 0)
            {
                throw new DisagreementException($"{work.Name}, {candidate.Form}: {Agreement.Sentence(distance, Tolerance)}");
            }
            else
            {
                Console.WriteLine($"{work.Name}: left out {candidate.Form}, {Agreement.Sentence(distance, Tolerance)}");
            }
        }

        return [.. agreeing];
    }

    private static Candidate Fastest(Candidate[] candidates)
    {
        if (candidates.Length == 1)
        {
            return candidates[0];
        }

        var timings = Stopclock.InTurns(
            new(TimeSpan.FromSeconds(0.2 * candidates.Length), FewestRounds: 3, MostRounds: 5), [.. candidates.Select(candidate => (Action)candidate.Run)]);
        return candidates[Enumerable.Range(0, candidates.Length).MinBy(c => timings[c].Minimum)];
    }
}
