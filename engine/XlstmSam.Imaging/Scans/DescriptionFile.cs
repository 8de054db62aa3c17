using System.Text.Json;

namespace XlstmSam.Imaging;

/// <summary>Reads the JSON that describes a data set, and the paths and words in it.</summary>
public static class DescriptionFile
{
    private const long MaxBytes = 64L << 20;

    /// <exception cref="InvalidDataException">It is no JSON object, or too large.</exception>
    public static JsonDocument Open(string path)
    {
        ScanPath.RequireFile(path, "Description");
        var length = new FileInfo(path).Length;
        if (length > MaxBytes)
        {
            throw new InvalidDataException($"'{path}': it has {length} bytes; at most {MaxBytes} are read.");
        }

        try
        {
            using var file = File.OpenRead(path);
            var document = JsonDocument.Parse(file, new() { MaxDepth = 16, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw new InvalidDataException($"'{path}': it is no JSON object; expected one that describes a data set.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}': {e.Message} Expected the JSON description of a data set.", e);
        }
    }

    /// <summary>A text, or null when the key is absent or null.</summary>
    /// <exception cref="InvalidDataException">The value is of another kind.</exception>
    public static string? Text(JsonElement element, string key, string where) => !element.TryGetProperty(key, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => throw new InvalidDataException($"{where}: '{key}' is {value.ValueKind}; expected a text."),
    };

    /// <summary>An array or object below a key, or null when it is absent or of another kind.</summary>
    public static JsonElement? Child(JsonElement element, string key, JsonValueKind kind) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == kind ? value : null;

    /// <summary>A path below the data set's folder; anything that could leave it is refused.</summary>
    /// <exception cref="InvalidDataException">The path is absolute, empty, or has '..' or characters that other systems read otherwise.</exception>
    public static string Below(string folder, string relative, string where)
    {
        var leaves = relative.Length == 0 || relative.AsSpan().ContainsAny("\\:\0") || Path.IsPathRooted(relative) || relative.Split('/').Contains("..");
        return leaves
            ? throw new InvalidDataException($"{where}: path '{relative}'; expected one below the data set's folder, with '/' between its parts and " +
                $"without '..'.")
            : Path.Combine(folder, relative.StartsWith("./", StringComparison.Ordinal) ? relative[2..] : relative);
    }
}
