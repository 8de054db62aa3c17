using System.Text.Json;
using System.Text.RegularExpressions;
using XlstmSam.Imaging;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Fixtures;

/// <summary>How one fixture went, for a test or for one line of a report.</summary>
public sealed record FixtureOutcome(string Name, bool Passed, string Message);

/// <summary>Runs every evaluator trace that lies in a fixture folder through the protocol.</summary>
public static partial class ChallengeFixtures
{
    private const string Golden = "evaluator_golden.json";

    /// <summary>One outcome per trace of evaluator_golden.json; a trace without its npz, or a folder without traces, fails.</summary>
    public static IEnumerable<FixtureOutcome> Run(string root)
    {
        var folder = Path.Combine(root, "challenge");
        var golden = Path.Combine(folder, Golden);
        if (!File.Exists(golden))
        {
            yield return new(Golden, false, $"not in '{folder}'");
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
            return new(trace.Name, difference is null, difference ?? $"{steps.Count} rounds, DSC AUC {result.DscAuc:R}, NSD AUC {result.NsdAuc:R}");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return new(trace.Name, false, e.Message);
        }
    }

    [GeneratedRegex(@"([\[:,]\s*)NaN\b")]
    private static partial Regex BareNaN();
}
