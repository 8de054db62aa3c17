using System.Text.Json;
using XlstmSam.Imaging;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Fixtures;

/// <summary>One trace of evaluator_golden.json: what the challenge's own code did with a case and the stand-in model.</summary>
public sealed class ChallengeTrace(JsonElement json)
{
    /// <summary>Scores agree to this; they are sums of a few thousand areas in double precision.</summary>
    public const double Tolerance = 1e-12;

    public string Name { get; } = json.GetProperty("name").GetString()!;

    public IReadOnlyList<ChallengeBox>? Boxes { get; } =
        json.GetProperty("boxes") is { ValueKind: JsonValueKind.Array } boxes ? [.. boxes.EnumerateArray().Select(Box)] : null;

    /// <summary>What differs between the trace and a run, or null.</summary>
    public string? Compare(IReadOnlyList<ChallengeStep> steps, ChallengeResult result)
    {
        var rounds = json.GetProperty("trace").EnumerateArray().ToArray();
        if (rounds.Length != steps.Count)
        {
            return $"{steps.Count} rounds, expected {rounds.Length}";
        }

        return rounds.Zip(steps, CompareRound).FirstOrDefault(static d => d is not null)
            ?? Number("dsc_auc", result.DscAuc, json) ?? Number("nsd_auc", result.NsdAuc, json)
            ?? Number("dsc_final", result.DscFinal, json) ?? Number("nsd_final", result.NsdFinal, json);
    }

    private static string? CompareRound(JsonElement expected, ChallengeStep step)
    {
        var number = expected.GetProperty("it").GetInt32();
        var difference = number != step.Round.Number ? $"round {step.Round.Number}" : null;
        for (var i = 0; difference is null && i < step.Round.Classes.Count; i++)
        {
            var prompts = step.Round.Classes[i];
            var clicks = expected.GetProperty("clicks")[i];
            difference = Text($"order of class {i}", string.Join(' ', prompts.Order.Select(o => o ?? "None")), Words(expected.GetProperty("order")[i]))
                ?? Text($"fg of class {i}", Places(prompts.Foreground), Words(clicks.GetProperty("fg")))
                ?? Text($"bg of class {i}", Places(prompts.Background), Words(clicks.GetProperty("bg")));
        }

        difference ??= Number("dsc", step.Score.Dsc, expected) ?? Number("nsd", step.Score.Nsd, expected);
        return difference is null ? null : $"round {number}: {difference}";
    }

    private static string Places(IEnumerable<Click> clicks) =>
        string.Join(' ', clicks.Select(static c => $"[{c.ArrayOrder.Z},{c.ArrayOrder.Y},{c.ArrayOrder.X}]"));

    private static string Words(JsonElement list) => string.Join(' ', list.EnumerateArray().Select(static e => e.ValueKind switch
    {
        JsonValueKind.Null => "None",
        JsonValueKind.Array => $"[{string.Join(',', e.EnumerateArray().Select(static c => c.GetInt32()))}]",
        _ => e.GetString()!,
    }));

    private static string? Text(string what, string actual, string expected) =>
        actual == expected ? null : $"{what} is '{actual}', expected '{expected}'";

    // json.dumps writes NaN as such, which no JSON reader takes; a trace with one is a string here.
    private static string? Number(string name, double actual, JsonElement parent)
    {
        var json = parent.GetProperty(name);
        var expected = json.ValueKind == JsonValueKind.Number ? json.GetDouble() : double.NaN;
        var agree = double.IsNaN(expected) ? double.IsNaN(actual) : Math.Abs(actual - expected) <= Tolerance;
        return agree ? null : $"{name} is {actual:R}, expected {expected:R}";
    }

    private static ChallengeBox Box(JsonElement json)
    {
        int At(string key) => json.GetProperty(key).GetInt32();
        return new(
            At("z_min"), At("z_max"), At("z_mid"), At("z_mid_x_min"), At("z_mid_y_min"), At("z_mid_x_max"), At("z_mid_y_max"));
    }
}
