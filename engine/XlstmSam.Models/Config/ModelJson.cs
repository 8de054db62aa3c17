using System.Text.Json;
using System.Text.Json.Serialization;

namespace XlstmSam.Models;

/// <summary>Model configurations as JSON. Unknown keys are errors, so a misspelt option never passes silently.</summary>
public static class ModelJson
{
    public static string Write(ModelConfig config) => JsonSerializer.Serialize(config, ModelJsonContext.Default.ModelConfig);

    public static ModelConfig Read(string json, string where)
    {
        try
        {
            var config = JsonSerializer.Deserialize(json, ModelJsonContext.Default.ModelConfig);
            return ModelRules.Checked(config ?? throw new JsonException("it is null"), where);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Model configuration in {where}: {e.Message}", e);
        }
    }
}

/// <summary>How configurations are written: camel case, enums by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ModelConfig))]
internal sealed partial class ModelJsonContext : JsonSerializerContext;
