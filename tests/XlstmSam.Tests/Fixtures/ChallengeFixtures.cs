using System.Text.Json;
using System.Text.RegularExpressions;
using XlstmSam.Imaging;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Fixtures;

/// <summary>Runs every evaluator trace that lies in a fixture folder through the protocol.</summary>
public static partial class ChallengeFixtures
{
    private const string Golden = "evaluator_golden.json";

    private const string OptionalCases = "challenge_case_*.npz";

    /// <summary>The optional cases that the published fixtures have; any other that lies there is read too.</summary>
    private static readonly string[] PublishedCases = ["challenge_case_none_clicks.npz", "challenge_case_pickled.npz"];

    /// <summary>
    /// One outcome per trace of evaluator_golden.json, where a trace without its npz or a folder without traces fails, and one per
    /// challenge case, which must be readable where it is there.
    /// </summary>
    public static IEnumerable<FixtureOutcome> Run(string root)
    {
        var folder = Path.Combine(root, "challenge");
        return Traces(folder).Concat(Cases(folder));
    }

    private static IEnumerable<FixtureOutcome> Cases(string folder)
    {
        var there = Directory.Exists(folder) ? Directory.GetFiles(folder, OptionalCases).Select(f => Path.GetFileName(f)) : [];
        foreach (var name in there.Union(PublishedCases).Order(StringComparer.Ordinal))
        {
            yield return File.Exists(Path.Combine(folder, name)) ? Read(folder, name) : new(name, FixtureStatus.Absent, $"optional, not in '{folder}'");
        }
    }

    private static FixtureOutcome Read(string folder, string name)
    {
        try
        {
            var read = ChallengeCase.Read(Path.Combine(folder, name));
            return new(
                name,
                FixtureStatus.Passed,
                $"read; {(read.Boxes is null ? "no" : read.Boxes.Count)} boxes, clicks " +
                $"{(read.Clicks is null ? "absent" : "of " + read.Clicks.Count + " classes")}");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return new(name, FixtureStatus.Failed, e.Message);
        }
    }

    private static IEnumerable<FixtureOutcome> Traces(string folder)
    {
        var golden = Path.Combine(folder, Golden);
        if (!File.Exists(golden))
        {
            yield return new(Golden, FixtureStatus.Failed, $"not in '{folder}'");
            yield break;
        }

        // Python writes NaN bare; quoted it is JSON.
        using var document = JsonDocument.Parse(BareNaN().Replace(File.ReadAllText(golden), "$1\"NaN\""));
        foreach (var json in document.RootElement.EnumerateArray())
        {
            yield return Run(folder, new ChallengeTrace(json));
        }
    }

    private static FixtureOutcome Run(string folder, ChallengeTrace trace)
    {
        try
        {
            // The stand-in model looks at no image, so the files have none.
            var labels = ChallengeCase.Read(Path.Combine(folder, $"{trace.Name}.npz")).Labels(SpacingOrder.Array);
            var image = new ChallengeImage(trace.Name, new(labels.Geometry, new float[labels.Size.Count]));
            var task = new ChallengeTask(image, ChallengeTask.ToLabels(labels.Voxels, trace.Name), trace.Boxes);

            var steps = new List<ChallengeStep>();
            var protocol = new ChallengeProtocol(TimeProvider.System) { Watch = steps.Add };
            var result = protocol.Run(new BallSegmenter(), task);
            var difference = trace.Compare(steps, result);
            return new(
                trace.Name,
                difference is null ? FixtureStatus.Passed : FixtureStatus.Failed,
                difference ?? $"{steps.Count} rounds, DSC AUC {result.DscAuc:R}, NSD AUC {result.NsdAuc:R}");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return new(trace.Name, FixtureStatus.Failed, e.Message);
        }
    }

    [GeneratedRegex(@"([\[:,]\s*)NaN\b")]
    private static partial Regex BareNaN();
}
