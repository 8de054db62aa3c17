using System.Globalization;
using System.Text.RegularExpressions;

namespace XlstmSam.Tests.Cuda;

/// <summary>A defect that can be planted at every place of a PTX text where a pattern stands.</summary>
/// <param name="name">What it changes.</param>
/// <param name="pattern">A whole instruction.</param>
/// <param name="replace">What stands there instead.</param>
public sealed partial class PtxMutation(string name, Regex pattern, Func<Match, string> replace)
{
    private static readonly PtxMutation[] All =
    [
        // Warps no longer wait for each other.
        new("barrier", Barrier(), _ => ""),

        // Asynchronous copies are used before they have arrived.
        new("wait", Wait(), _ => ""),

        // Two registers of the left fragment of a tensor core's product change places: rows g and g + 8.
        new("fragments", LeftFragment(), match => $"{{{match.Groups[2].Value}, {match.Groups[1].Value},"),

        // A store to global memory goes one element too far.
        new("store", Store(), match => Shifted(match, 4)),

        // A load from shared memory reads the next element.
        new("load", SharedLoad(), match => Shifted(match, match.Value.Contains(".v4", StringComparison.Ordinal) ? 16 : 4)),
    ];

    /// <param name="name">barrier and wait: removed; fragments: swapped; store and load: shifted.</param>
    public static PtxMutation Named(string name) => All.Single(mutation => mutation.ToString() == name);

    /// <summary>How often the text has the pattern.</summary>
    public int Places(string text) => pattern.Count(text);

    /// <summary>The text with the defect at one of its places.</summary>
    public string At(string text, int place)
    {
        var at = 0;
        return pattern.Replace(text, match => at++ == place ? replace(match) : match.Value);
    }

    public override string ToString() => name;

    private static string Shifted(Match match, int bytes)
    {
        var offset = match.Groups[2].Success ? int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : 0;
        return $"{match.Groups[1].Value}+{(offset + bytes).ToString(CultureInfo.InvariantCulture)}]";
    }

    [GeneratedRegex(@"bar\.sync\s+0;")]
    private static partial Regex Barrier();

    [GeneratedRegex(@"cp\.async\.wait_(group\s+\d+|all);")]
    private static partial Regex Wait();

    [GeneratedRegex(@"(st\.global\S*\s+\[%\w+)(?:\+(\d+))?\]")]
    private static partial Regex Store();

    [GeneratedRegex(@"(ld\.shared\S*\s+[^\[\n]*\[%\w+)(?:\+(\d+))?\]")]
    private static partial Regex SharedLoad();

    // Of {c0, ...}, {a0, a1, a2, a3}, {b0, b1}, ...: the second list.
    [GeneratedRegex(@"(?<=mma\.sync[^\n]*?\},\s*)\{(%\w+),\s*(%\w+),")]
    private static partial Regex LeftFragment();
}
