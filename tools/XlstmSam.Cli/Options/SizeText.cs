using System.Globalization;

namespace XlstmSam.Cli.Options;

/// <summary>The model's grid as --size gives it: one side, or three.</summary>
internal static class SizeText
{
    public static int[] Parse(string text)
    {
        var parts = text.Split(['x', ','], StringSplitOptions.TrimEntries);
        var sides = parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var side) ? side : 0).ToArray();
        return sides.Length switch
        {
            1 when sides[0] > 0 => [sides[0], sides[0], sides[0]],
            3 when sides.All(side => side > 0) => sides,
            _ => throw new UsageException($"--size '{text}': expected one side or three, such as 128 or 128x128x96."),
        };
    }
}
