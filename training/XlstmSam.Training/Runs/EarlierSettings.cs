using System.Text.Json.Nodes;

namespace XlstmSam.Training;

/// <summary>Moves what earlier versions of the program wrote into run configurations to where it is now.</summary>
internal static class EarlierSettings
{
    private const int Stem = -1;

    /// <summary>
    /// The stages to recompute, by number, were a setting of the model's encoder; they are the run's, by name. The decoder's learning rate had a key of
    /// its own; now every group of parameters may have one.
    /// </summary>
    public static void Move(JsonObject run)
    {
        if (run["model"] is JsonObject model && model["encoder"] is JsonObject encoder && encoder.Remove("recompute", out var stages)
            && stages is JsonArray numbers)
        {
            Section(run, "training").TryAdd("recompute", new JsonArray([.. numbers.Select(NameOf)]));
        }

        if (run["training"] is JsonObject training && training.Remove("decoderRate", out var rate))
        {
            Section(training, "rates").TryAdd("decoder", rate);
        }
    }

    private static JsonNode? NameOf(JsonNode? number) =>
        number is JsonValue value && value.TryGetValue(out int stage)
            ? stage == Stem
            ? "stem"
            : stage.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : number?.DeepClone();

    private static JsonObject Section(JsonObject parent, string key)
    {
        if (parent[key] is not JsonObject section)
        {
            parent[key] = section = [];
        }

        return section;
    }
}
