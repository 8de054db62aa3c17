using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>Cases to train on and cases to validate with; both have labels, and no subject is in both.</summary>
public sealed record Splits(IReadOnlyList<CaseInfo> Train, IReadOnlyList<CaseInfo> Validation)
{
    /// <summary>
    /// As the data set says. Where it names no validation cases, a share of the subjects is held out, modality by modality: the same for the
    /// same seed. Cases marked test or extra are never used, nor, where others are marked train, those without a mark.
    /// </summary>
    public static Splits Of(IReadOnlyList<CaseInfo> cases, double share, ulong seed)
    {
        var labelled = cases.Where(c => c.HasLabels).ToArray();
        var train = labelled.Where(c => c.Split == CaseSplit.Train).ToArray();
        var validation = labelled.Where(c => c.Split == CaseSplit.Val).ToArray();
        if (train.Length == 0)
        {
            train = [.. labelled.Where(c => c.Split == CaseSplit.None)];
        }

        return validation.Length > 0 ? new(train, validation) : HoldOut(train, share, seed);
    }

    private static Splits HoldOut(CaseInfo[] cases, double share, ulong seed)
    {
        var subjects = cases.GroupBy(c => c.Subject, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
        if (share <= 0 || subjects.Length < 2)
        {
            return new(cases, []);
        }

        var held = new HashSet<string>(StringComparer.Ordinal);
        var strata = subjects.GroupBy(s => s.MinBy(c => c.Id, StringComparer.Ordinal)!.Modality, s => s.Key).OrderBy(g => g.Key);
        var largest = Array.Empty<string>();
        foreach (var stratum in strata)
        {
            var order = Shuffled([.. stratum], stratum.Key, seed);
            largest = order.Length > largest.Length ? order : largest;
            held.UnionWith(order.Take(Math.Min(order.Length - 1, (int)Math.Round(share * order.Length))));
        }

        if (held.Count == 0)
        {
            held.Add(largest[0]);
        }

        return new([.. cases.Where(c => !held.Contains(c.Subject))], [.. cases.Where(c => held.Contains(c.Subject))]);
    }

    private static string[] Shuffled(string[] subjects, Modality modality, ulong seed)
    {
        var stream = RandomStream.Create(seed, StreamPurpose.Split, caseIndex: (long)modality);
        stream.Shuffle<string>(subjects);
        return subjects;
    }
}
