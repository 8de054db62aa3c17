using XlstmSam.Imaging;

namespace XlstmSam.Training.Metrics;

/// <summary>Means over the cases of one modality; a score that is not a number is left out of its mean.</summary>
public sealed record ModalityScores(
    string Modality, int Cases, double DscAuc, double NsdAuc, double DscFinal, double NsdFinal, double SecondsPerClass)
{
    /// <summary>The modality of a case is the part of its name before the first underscore.</summary>
    public static string ModalityOf(string caseName)
    {
        var name = Path.GetFileNameWithoutExtension(caseName);
        var end = name.IndexOf('_', StringComparison.Ordinal);
        return end > 0 ? name[..end] : name;
    }

    /// <summary>One row per modality, in alphabetical order; cases whose names begin with none share the row "unknown".</summary>
    public static IReadOnlyList<ModalityScores> Table(IEnumerable<ChallengeResult> results) =>
    [
        .. results.GroupBy(
            static r => ModalityOf(r.CaseName) is var name && ModalityNames.IsFilePrefix(name) ? name : "unknown").OrderBy(static g => g.Key,
            StringComparer.Ordinal)
            .Select(static g => Row(g.Key, [.. g])),
    ];

    /// <summary>The means over all cases as one row.</summary>
    public static ModalityScores Row(string name, IReadOnlyCollection<ChallengeResult> results) => new(
        name, results.Count,
        Mean(results, static r => r.DscAuc), Mean(results, static r => r.NsdAuc),
        Mean(results, static r => r.DscFinal), Mean(results, static r => r.NsdFinal),
        Mean(results, static r => r.SecondsPerClass));

    private static double Mean(IEnumerable<ChallengeResult> results, Func<ChallengeResult, double> score) =>
        PairwiseSum.Mean([.. results.Select(score).Where(double.IsFinite)]);
}
