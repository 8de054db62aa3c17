using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace XlstmSam.Models;

/// <summary>Reads and writes a configuration as that of its family, which the key "family" names.</summary>
public sealed class ModelConfigConverter : JsonConverter<ModelConfig>
{
    private const string FamilyKey = "family";

    /// <inheritdoc/>
    public override ModelConfig Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var path = reader.CurrentDepth == 0 ? "$" : "$.model";
        var node = JsonNode.Parse(ref reader) as JsonObject ?? throw new JsonException("the model is not an object");
        var family = FamilyOf(node);
        node.Remove(FamilyKey);
        try
        {
            return family.Read(node);
        }
        catch (JsonException e)
        {
            throw new JsonException(e.Message, path + e.Path?[1..], e.LineNumber, e.BytePositionInLine, e);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ModelConfig value, JsonSerializerOptions options)
    {
        var family = ModelFamilies.Of(value);
        var node = family.Write(value);
        node.Insert(0, FamilyKey, family.Name);
        node.WriteTo(writer);
    }

    private static ModelFamily FamilyOf(JsonObject node)
    {
        if (!node.TryGetPropertyValue(FamilyKey, out var named))
        {
            return ModelFamilies.All[0];
        }

        return named is JsonValue value && value.TryGetValue(out string? name) && ModelFamilies.Find(name) is { } family
            ? family
            : throw new JsonException(
                $"the model's family is {named?.ToJsonString() ?? "null"}; this program knows {string.Join(", ", ModelFamilies.Names)}.", path: "$",
                lineNumber: null, bytePositionInLine: null);
    }
}
