using System.Text.Json;
using System.Text.Json.Nodes;

namespace XlstmSam.Models;

/// <summary>
/// The configurations with a name: the files of the folder Presets, which the program carries in itself. Each has a model and how it is trained. A
/// file may name another preset and what it changes in it, as a user's configuration does.
/// </summary>
public static class Presets
{
    private const string Prefix = "preset.";

    /// <summary>All names, small grids first.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(Presets).Assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(resource => resource[Prefix.Length..])
            .OrderBy(name => Get(name).Input.Count)
            .ThenBy(name => name, StringComparer.Ordinal),
    ];

    /// <summary>The model of a preset.</summary>
    /// <exception cref="InvalidDataException">There is no preset of this name.</exception>
    public static ModelConfig Get(string name) => ModelJson.Read(With(name, [])["model"]!.ToJsonString(), $"preset '{name}'");

    /// <summary>The smallest preset of the family that a configuration belongs to.</summary>
    public static string Like(ModelConfig config) =>
        Names.Contains(config.Name) ? config.Name : Names.First(name => Get(name).GetType() == config.GetType());

    /// <summary>The whole configuration of a preset with changes: objects are merged, everything else is replaced.</summary>
    /// <exception cref="InvalidDataException">There is no preset of this name.</exception>
    public static JsonObject With(string name, JsonObject changes)
    {
        var preset = Read(name);
        if (preset.Remove("preset", out var inherited))
        {
            preset = With((string)inherited!, preset);
        }

        if (preset["model"] is JsonObject model)
        {
            model["name"] = name;
        }

        ConfigurationJson.Merge(preset, changes);
        return preset;
    }

    private static JsonObject Read(string name)
    {
        using var stream = typeof(Presets).Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new InvalidDataException($"Preset '{name}': unknown; choose one of {string.Join(", ", Names)}.");
        return JsonNode.Parse(stream, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip })!.AsObject();
    }
}
