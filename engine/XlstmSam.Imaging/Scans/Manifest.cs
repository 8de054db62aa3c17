using System.Globalization;
using System.Text.Json;

namespace XlstmSam.Imaging;

/// <summary>
/// The one reader of manifest.json: {"version": 1, "cases": [{"id", "modality", "split", "subject", "image", "label", "npz", "spacing",
/// "label_names", "npz_labels", "window"}]}. Only the id and one of image and npz are needed.
/// </summary>
public static class Manifest
{
    /// <summary>The name that a manifest has in its folder.</summary>
    public const string FileName = "manifest.json";
    private const int Version = 1;

    /// <exception cref="InvalidDataException">It is no manifest of this version, or a case in it is not what it should be.</exception>
    public static IReadOnlyList<ManifestCase> Read(string path)
    {
        using var document = DescriptionFile.Open(path);
        var root = document.RootElement;
        if (root.TryGetProperty("version", out var version) && (!version.TryGetInt32(out var number) || number != Version))
        {
            throw new InvalidDataException($"'{path}': version {version}; expected {Version}.");
        }

        var cases = DescriptionFile.Child(root, "cases", JsonValueKind.Array) ?? throw new InvalidDataException($"'{path}': it has no list 'cases'; " +
            $"expected one entry per case.");
        return [.. cases.EnumerateArray().Select(element => Case(element, path))];
    }

    private static ManifestCase Case(JsonElement element, string path)
    {
        var id = element.ValueKind == JsonValueKind.Object ? DescriptionFile.Text(element, "id", $"'{path}'") : null;
        if (id is null)
        {
            throw new InvalidDataException($"'{path}': a case has no 'id'; expected a name.");
        }

        var where = $"'{path}', case '{id}'";
        return new(id, where)
        {
            Modality = Text("modality"),
            Split = Text("split"),
            Subject = Text("subject"),
            Image = Text("image"),
            Label = Text("label"),
            Npz = Text("npz"),
            Spacing = Spacing(element, where),
            Window = Window(Text("window"), where),
            LabelNames = Names(element, "label_names", where),
            NpzLabelNames = Names(element, "npz_labels", where),
        };

        string? Text(string key) => DescriptionFile.Text(element, key, where);
    }

    private static CtWindow? Window(string? text, string where)
    {
        try
        {
            return text is null ? null : CtWindow.Parse(text);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"{where}: {e.Message}", e);
        }
    }

    private static double[]? Spacing(JsonElement element, string where) =>
        DescriptionFile.Child(element, "spacing", JsonValueKind.Array) is not { } array ? null
        : array.GetArrayLength() == 3 && array.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number)
            ? [.. array.EnumerateArray().Select(e => e.GetDouble())]
        : throw new InvalidDataException($"{where}: 'spacing' is {array}; expected three numbers for x, y and z.");

    private static Dictionary<int, string> Names(JsonElement element, string key, string where)
    {
        var names = new Dictionary<int, string>();
        foreach (var entry in DescriptionFile.Child(element, key, JsonValueKind.Object)?.EnumerateObject() ?? default)
        {
            if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var label) || entry.Value.ValueKind != JsonValueKind.String)
            {
                throw new InvalidDataException($"{where}: '{key}' has '{entry.Name}': {entry.Value}; expected label numbers with names.");
            }

            names[label] = entry.Value.GetString()!;
        }

        return names;
    }
}
