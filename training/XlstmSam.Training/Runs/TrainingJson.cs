using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>How runs are written: camel case, enums by name, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunConfig))]
[JsonSerializable(typeof(MetricsRow))]
[JsonSerializable(typeof(RunProgress))]
internal sealed partial class TrainingJsonContext : JsonSerializerContext;

/// <summary>Reads and writes run configurations. A file names a preset and what it changes: {"preset": "tiny", "training": {"steps": 950}}.</summary>
public static class RunConfigFile
{
    private const int MaxBytes = 1 << 20;

    public static RunConfig Read(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            throw new FileNotFoundException($"Configuration '{path}': there is no such file.", path);
        }

        if (info.Length > MaxBytes)
        {
            throw new InvalidDataException($"Configuration '{path}': it has {info.Length} bytes; a configuration has at most {MaxBytes}.");
        }

        return Parse(File.ReadAllText(path), $"'{path}'");
    }

    public static RunConfig Parse(string json, string where)
    {
        try
        {
            var node = JsonNode.Parse(json, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, MaxDepth = 16 }) as JsonObject
                ?? throw new JsonException("expected an object");
            var preset = (string?)node["preset"] ?? throw new JsonException("'preset' is missing");
            node.Remove("preset");
            EarlierSettings.Move(node);
            return Whole(Presets.With(preset, node), where);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException(
                $"Configuration in {where}: {Fault(e)} Expected {{\"preset\": \"tiny\", \"model\": {{...}}, \"training\": {{...}}}}.", e);
        }
    }

    public static string Write(RunConfig config) => JsonSerializer.Serialize(config, TrainingJsonContext.Default.RunConfig);

    /// <summary>Reads back what <see cref="Write"/> wrote: a whole configuration without a preset.</summary>
    public static RunConfig ReadWhole(string json, string where)
    {
        try
        {
            return Whole(JsonNode.Parse(json) as JsonObject ?? throw new JsonException("expected an object"), where);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Run configuration in {where}: {Fault(e)}", e);
        }
    }

    /// <summary>A whole configuration, which needs no preset. Keys of the training that are left out have their defaults.</summary>
    internal static RunConfig Whole(JsonObject json, string where)
    {
        EarlierSettings.Move(json);
        var whole = new JsonObject { ["training"] = JsonSerializer.SerializeToNode(new TrainingConfig(), TrainingJsonContext.Default.TrainingConfig) };
        ConfigurationJson.Merge(whole, json);
        return Checked(whole.Deserialize(TrainingJsonContext.Default.RunConfig)!, where);
    }

    /// <summary>The reader's own words speak of .NET types and of lines that the user never wrote; the key is what helps.</summary>
    private static string Fault(Exception e) =>
        e is JsonException { Path: { Length: > 2 } path } ? $"'{path[2..]}' is no key, or its value is of the wrong kind." : e.Message;

    private static RunConfig Checked(RunConfig config, string where)
    {
        ModelRules.Checked(config.Model, where);
        TrainingRules.Check(config.Training, where);
        TrainingRules.CheckFit(config, where);
        return config;
    }
}
