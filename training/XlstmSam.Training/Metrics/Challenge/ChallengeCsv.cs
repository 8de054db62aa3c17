using System.Globalization;

namespace XlstmSam.Training.Metrics;

/// <summary>The challenge's table of results, with its column names and its way of writing numbers.</summary>
public static class ChallengeCsv
{
    private static readonly int[] Rounds = [.. Enumerable.Range(1, ChallengeResult.Rounds)];

    /// <summary>The column names in order.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "CaseName", "TotalRunningTime", .. Rounds.Select(static i => $"RunningTime_{i}"),
        "DSC_AUC", "NSD_AUC", "DSC_Final", "NSD_Final",
        .. Rounds.Select(static i => $"DSC_{i}"), .. Rounds.Select(static i => $"NSD_{i}"), "num_class", "runtime_upperbound",
    ];

    public static void Write(TextWriter writer, IEnumerable<ChallengeResult> results)
    {
        writer.Write(string.Join(',', Columns) + "\n");
        foreach (var result in results)
        {
            writer.Write(string.Join(',', Cells(result)) + "\n");
        }
    }

    /// <summary>Replaces the file in one step, so that a reader or a crash never meets half a table.</summary>
    public static void Write(string path, IEnumerable<ChallengeResult> results) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        Write(writer, results);
    });

    private static IEnumerable<string> Cells(ChallengeResult r) =>
    [
        Quote(r.CaseName), Number(r.TotalSeconds), .. r.Seconds.Select(Number),
        Number(r.DscAuc), Number(r.NsdAuc), Number(r.DscFinal), Number(r.NsdFinal),
        .. r.Dsc.Select(Number), .. r.Nsd.Select(Number),
        r.Classes.ToString(CultureInfo.InvariantCulture), r.TimeLimit.ToString(CultureInfo.InvariantCulture),
    ];

    // The shortest digits that read back to the same number, always with a point or an exponent; nothing for NaN, as pandas does.
    private static string Number(double value)
    {
        if (double.IsNaN(value))
        {
            return "";
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return text.AsSpan().ContainsAny('.', 'e') ? text : $"{text}.0";
    }

    private static string Quote(string text) =>
        text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
