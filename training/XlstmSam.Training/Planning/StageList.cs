using XlstmSam.Runtime;
using System.Globalization;
using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>Encoder stages as --recompute lists them: stem, 0, 1, ...; all; none; auto.</summary>
public static class StageList
{
    private const int Stem = -1;

    public static IEnumerable<int> All(EncoderConfig encoder) => Enumerable.Range(Stem, encoder.Features.Length + 1);

    public static string NameOf(int stage) => stage == Stem ? "image_encoder.stem" : $"image_encoder.stages.{stage.ToString(CultureInfo.InvariantCulture)}";

    public static string Write(IReadOnlyCollection<int> stages) => stages.Count == 0 ? "none" : string.Join(",", stages.Order().Select(s => s == Stem ? "stem" : s.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The stages, or null for auto.</summary>
    public static int[]? Parse(string text, EncoderConfig encoder)
    {
        if (text == "auto")
        {
            return null;
        }

        if (text is "all" or "none")
        {
            return text == "all" ? [.. All(encoder)] : [];
        }

        return [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => Stage(part, encoder)).Distinct().Order()];
    }

    private static int Stage(string part, EncoderConfig encoder)
    {
        var name = part.Split('.')[^1];
        var stage = name == "stem" ? Stem : int.TryParse(name, CultureInfo.InvariantCulture, out var number) ? number : int.MinValue;
        return All(encoder).Contains(stage)
            ? stage
            : throw new UsageException($"--recompute: '{part}' is not a stage; expected auto, all, none, or some of stem, 0 to {encoder.Features.Length - 1}, such as stem,0,1.");
    }
}
