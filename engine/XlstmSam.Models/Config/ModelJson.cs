using System.Text.Json;
using System.Text.Json.Serialization;

namespace XlstmSam.Models;

/// <summary>Model configurations as JSON. Unknown keys are errors, so a misspelt option never passes silently.</summary>
public static class ModelJson
{
    /// <summary>The configuration as weight files keep it.</summary>
    public static string Write(ModelConfig config) => JsonSerializer.Serialize(config, ModelJsonContext.Default.ModelConfig);

    /// <summary>Reads a configuration and checks it.</summary>
    /// <param name="where">What the text is, for messages.</param>
    /// <exception cref="InvalidDataException">The text is no configuration of a known family, or one that cannot be built.</exception>
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

/// <summary>How configurations are written.</summary>
[JsonSerializable(typeof(ModelConfig))]
internal sealed partial class ModelJsonContext : JsonSerializerContext;
