using XlstmSam.Imaging;
using XlstmSam.Models;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Training;

/// <summary>The challenge's evaluation of a model on labelled cases: a box round where there are boxes, five clicks, DSC and NSD.</summary>
public static class Evaluation
{
    /// <summary>
    /// One result per labelled case, in order. Boxes are those of an npz; a NIfTI case gets them from its labels as the challenge makes them,
    /// but for microscopy.
    /// </summary>
    public static IReadOnlyList<ChallengeResult> Run(
        IReadOnlyList<CaseInfo> cases, Predictor predictor, EvaluationOptions options, CancellationToken cancel = default)
    {
        var labelled = Evenly([.. cases.Where(c => c.HasLabels)], options.MaxCases);
        if (labelled.Count == 0)
        {
            throw new InvalidDataException("Evaluation: no case has labels; expected at least one to compare with.");
        }

        if (options.SaveFolder is not null)
        {
            Directory.CreateDirectory(options.SaveFolder);
        }

        var results = new List<ChallengeResult>();
        foreach (var info in labelled)
        {
            cancel.ThrowIfCancellationRequested();
            ChallengeResult result;
            try
            {
                result = EvaluateCase(info, predictor, options, cancel);
            }
            catch (Exception e) when (options.OnFailure is not null && e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                options.OnFailure(info, e);
                continue;
            }

            results.Add(result);
            options.OnCase?.Invoke(result);
        }

        return results;
    }

    /// <summary>At most so many items of a list, evenly spread over it.</summary>
    internal static IReadOnlyList<T> Evenly<T>(IReadOnlyList<T> items, int most) => most <= 0 || items.Count <= most
        ? items
        : [.. Enumerable.Range(0, most).Select(i => items[(int)((long)i * items.Count / most)])];

    private static ChallengeResult EvaluateCase(CaseInfo info, Predictor predictor, EvaluationOptions options, CancellationToken cancel)
    {
        var loaded = info.Load();
        var doubts = loaded.CheckIntensities();
        if (doubts.Count > 0)
        {
            options.OnWarnings?.Invoke(doubts);
        }

        var truth = loaded.SmallLabels()?.Voxels ?? throw new InvalidDataException($"Case '{info.Id}': it has no labels; expected some to compare with.");
        var task = new ChallengeTask(new(info.ChallengeName, loaded.Image), truth, options.NoBoxes ? null : Boxes(info, loaded, truth));
        var segmenter = new RecordingSegmenter(new ModelSegmenter(predictor, loaded.Prepare()), options.SaveFolder is not null);
        var result = new ChallengeProtocol(TimeProvider.System, options.TimeLimit) { Watch = _ => cancel.ThrowIfCancellationRequested() }.Run(segmenter, task);
        if (options.SaveFolder is not null)
        {
            PredictionFile.Write(Path.Combine(options.SaveFolder, info.ChallengeName), loaded.Image.Size, segmenter.Predictions);
        }

        return result;
    }

    private static IReadOnlyList<ChallengeBox>? Boxes(CaseInfo info, LoadedCase loaded, ushort[] truth) => loaded.Origin == IntensityOrigin.Npz
        ? loaded.Boxes
        : BoxGenerator.HasBoxes(info.ChallengeName) ? BoxGenerator.Generate(truth, loaded.Image.Size) : null;
}
