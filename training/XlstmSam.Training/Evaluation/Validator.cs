using XlstmSam.Engine;
using XlstmSam.Imaging;
using XlstmSam.Models;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Training;

/// <summary>
/// Scores a model during training by the five-click protocol without boxes, on prepared cases in RAS order. A case with many labels is asked
/// for a few of them, the same each time.
/// </summary>
/// <param name="most">The largest number of cases, taken evenly from the list; 0 takes all.</param>
/// <param name="onFailure">Is told of a case that cannot be read, which is then left out of the scores; null lets the error through.</param>
/// <param name="slab">The memory to run in, which training uses in between; null for its own.</param>
public sealed class Validator(
    IReadOnlyList<CaseInfo> cases, CaseCache cache, IPromptModel model, int most, Slab? slab = null, Action<CaseInfo, Exception>? onFailure = null)
{
    private const int MostClasses = 8;

    /// <summary>NSD of larger volumes takes longer than all their clicks; it is left out of the mean.</summary>
    private const long LargestSurface = 64L << 20;

    private readonly IReadOnlyList<CaseInfo> chosen = Evaluation.Evenly([.. cases.Where(c => c.HasLabels)], most);

    /// <summary>Whether there is anything to score.</summary>
    public bool IsEmpty => chosen.Count == 0;

    /// <summary>Means over cases of each case's mean over its classes: DSC and NSD after five clicks, DSC after the first; and how many classes that were.
    /// NSD is 0 where no case is small enough for it.</summary>
    public (double Dsc, double Nsd, double FirstDsc, int Prompts) Run(CancellationToken cancel = default)
    {
        using var predictor = new Predictor(model, slab);
        var results = new List<(ChallengeResult Scores, bool HasSurface)>();
        foreach (var info in chosen)
        {
            cancel.ThrowIfCancellationRequested();
            if (Prepared(info) is { Foreground.Count: > 0 } prepared)
            {
                var scores = ScoreCase(prepared, predictor, out var hasSurface);
                results.Add((scores, hasSurface));
            }
        }

        // A case that is labelled throughout has no background and no class in the challenge's sense.
        results.RemoveAll(r => r.Scores.Classes == 0);
        return results.Count == 0 ? default : (
            results.Average(r => r.Scores.DscFinal),
            results.Where(r => r.HasSurface).Select(r => r.Scores.NsdFinal).DefaultIfEmpty(0).Average(),
            results.Average(r => r.Scores.Dsc[1]),
            results.Sum(r => r.Scores.Classes));
    }

    private PreparedCase? Prepared(CaseInfo info)
    {
        try
        {
            return cache.Get(info);
        }
        catch (Exception e) when (onFailure is not null && e is (InvalidDataException or IOException or UnauthorizedAccessException))
        {
            onFailure(info, e);
            return null;
        }
    }

    private static ChallengeResult ScoreCase(PreparedCase prepared, Predictor predictor, out bool hasSurface)
    {
        var image = prepared.Scan.Image;
        var asked = Evaluation.Evenly(prepared.Foreground, MostClasses);
        var truth = prepared.Labels!.Voxels;
        if (asked.Count < prepared.Foreground.Count)
        {
            var isAsked = asked.ToHashSet();
            truth = Array.ConvertAll(truth, label => isAsked.Contains(label) ? label : (ushort)0);
        }

        hasSurface = image.Size.Count <= LargestSurface;
        var protocol = new ChallengeProtocol(TimeProvider.System) { FirstSurfaceRound = hasSurface ? ChallengeResult.Rounds - 1 : ChallengeResult.Rounds };
        var scan = PreparedScan.Restore(image, Orientation.ToRas(image.Geometry));
        return protocol.Run(new ModelSegmenter(predictor, scan), new(new(prepared.Id, image), truth, null));
    }
}
