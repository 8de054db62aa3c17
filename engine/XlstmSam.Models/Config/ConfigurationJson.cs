using System.Text.Json.Nodes;

namespace XlstmSam.Models;

/// <summary>Configurations that say only what differs from another.</summary>
public static class ConfigurationJson
{
    /// <summary>Changes an object: inner objects are merged, everything else is replaced.</summary>
    public static void Merge(JsonObject target, JsonObject changes)
    {
        foreach (var (key, value) in changes)
        {
            if (value is JsonObject inner && target[key] is JsonObject existing)
            {
                Merge(existing, inner);
            }
            else
            {
                target[key] = value?.DeepClone();
            }
        }
    }
}
