using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>
/// A look at all cases before the first step, so that one bad file never costs a run: those that cannot be used are named and left out. With a cache the look
/// prepares the cases at the same time.
/// </summary>
/// <param name="Usable">The cases that can be read, in order.</param>
/// <param name="LeftOut">The others, and one sentence each.</param>
/// <param name="Warnings">One sentence for each doubt about a usable case.</param>
/// <param name="Reach">How many labels of how many cases the model's grid cannot reach.</param>
public sealed record CaseSurvey(
    IReadOnlyList<CaseInfo> Usable, IReadOnlyList<(CaseInfo Case, string Reason)> LeftOut, IReadOnlyList<string> Warnings, LabelReach Reach)
{
    /// <param name="seen">Is told how many cases have been looked at.</param>
    public static CaseSurvey Of(
        IReadOnlyList<CaseInfo> cases, CaseCache cache, ModelConfig model, TrainingConfig training, Action<int>? seen = null,
        CancellationToken cancel = default)
    {
        var (usable, leftOut, warnings, reach) = (new List<CaseInfo>(), new List<(CaseInfo, string)>(), new List<string>(), new LabelReach());
        foreach (var info in cases)
        {
            if (cancel.IsCancellationRequested)
            {
                // The run saves its beginning and stops; the rest is looked at when it goes on.
                usable.Add(info);
                continue;
            }

            try
            {
                var prepared = cache.Get(info);
                usable.Add(info);
                warnings.AddRange(prepared.Warnings);
                reach = reach.With(prepared, model, training.MinimumVoxels);
                if (info.HasLabels && prepared.Foreground.Count == 0)
                {
                    warnings.Add($"Case '{info.Id}': its labels mark nothing, so it teaches nothing and is not scored.");
                }
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                leftOut.Add((info, e.Message));
            }

            seen?.Invoke(usable.Count + leftOut.Count);
        }

        return new(usable, leftOut, warnings, reach);
    }
}
