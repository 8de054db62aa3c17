using System.Globalization;
using XlstmSam.Models;

namespace XlstmSam.Cli.Segmenting;

/// <summary>Reads prompts as they are typed.</summary>
internal static class PromptText
{
    /// <summary>x,y,z,+ or x,y,z,- ; without a sign the click is on the object.</summary>
    public static PointPrompt Point(string text, PromptSpace space)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var isSigned = parts.Length == 4 && parts[3] is "+" or "-";
        return (isSigned || parts.Length == 3) && Numbers(parts.AsSpan(0, 3)) is { } at
            ? new(space.ToVoxel(new(at[0], at[1], at[2]), $"--point {text}"), !isSigned || parts[3] == "+")
            : throw new UsageException($"--point '{text}': expected x,y,z,+ for a click on the object, x,y,z,- for one beside it.");
    }

    /// <summary>x0,y0,z0,x1,y1,z1: two opposite corners, both inside.</summary>
    public static BoxPrompt Box(string text, PromptSpace space) =>
        text.Split(',', StringSplitOptions.TrimEntries) is { Length: 6 } parts && Numbers(parts) is { } c
            ? space.ToBox(new(c[0], c[1], c[2]), new(c[3], c[4], c[5]), $"--box {text}")
            : throw new UsageException($"--box '{text}': expected x0,y0,z0,x1,y1,z1.");

    /// <summary>The numbers, or null if any of the texts is none.</summary>
    public static double[]? Numbers(ReadOnlySpan<string> texts)
    {
        var numbers = new double[texts.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!double.TryParse(texts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
            {
                return null;
            }
        }

        return numbers;
    }
}
