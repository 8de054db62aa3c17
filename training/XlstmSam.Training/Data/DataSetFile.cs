using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>Reads the JSON that describes a data set and the paths and words in it.</summary>
internal static class DataSetFile
{
    private const long MaxBytes = 64L << 20;

    public static JsonDocument Open(string path)
    {
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
    public static string Below(string folder, string relative, string where)
    {
        var leaves = relative.Length == 0 || relative.AsSpan().ContainsAny("\\:\0") || Path.IsPathRooted(relative) || relative.Split('/').Contains("..");
        return leaves
            ? throw new InvalidDataException(
                $"{where}: path '{relative}'; expected one below the data set's folder, with '/' between its parts and without '..'.")
            : Path.Combine(folder, relative.StartsWith("./", StringComparison.Ordinal) ? relative[2..] : relative);
    }

    /// <summary>The modality that a word of a data set means: its name, a name with a remark ("US dummy"), or a kind of MR sequence.</summary>
    public static Modality ModalityOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Modality.Unknown;
        }

        var words = text.Split([' ', '_', '-', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        return words.Select(ModalityNames.TryParse).FirstOrDefault(m => m is not null)
            ?? (words.Any(IsSequence) ? Modality.MRI : Modality.Unknown);
    }

    private static bool IsSequence(string word) =>
        word.ToUpperInvariant() is "T1W" or "T1" or "T1GD" or "T1CE" or "T2" or "T2W" or "FLAIR" or "ADC" or "DWI" or "MPMRI";
}
