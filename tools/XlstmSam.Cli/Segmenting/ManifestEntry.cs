using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Cli.Segmenting;

/// <summary>What the manifest.json of the data set that an image lies in says about it.</summary>
/// <param name="Spacing">Voxel sizes along x, y, z, or null.</param>
internal sealed record ManifestEntry(Modality Modality, double[]? Spacing, CtWindow? Window)
{
    private const int FoldersUp = 3;
    private const long MaxBytes = 64 << 20;

    /// <summary>Looks beside the image and in the folders above; null when no manifest lists it.</summary>
    public static ManifestEntry? Find(string imagePath)
    {
        var image = Path.GetFullPath(imagePath);
        var folder = Path.GetDirectoryName(image);
        for (var up = 0; up <= FoldersUp && folder is not null; up++, folder = Path.GetDirectoryName(folder))
        {
            var manifest = Path.Combine(folder, "manifest.json");
            if (File.Exists(manifest))
            {
                return In(manifest, folder, image);
            }
        }

        return null;
    }

    private static ManifestEntry? In(string manifest, string folder, string image)
    {
        if (new FileInfo(manifest).Length > MaxBytes)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(manifest));
            foreach (var item in document.RootElement.GetProperty("cases").EnumerateArray())
            {
                if (IsAt(item, "image", folder, image) || IsAt(item, "npz", folder, image))
                {
                    return Of(item);
                }
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            // Some other program's manifest.json: it decides nothing here.
            return null;
        }
    }

    private static ManifestEntry Of(JsonElement item)
    {
        var modality = Text(item, "modality")?.Split(' ')[0] is { } name ? ModalityNames.TryParse(name) : null;
        var spacing = item.TryGetProperty("spacing", out var sizes) && sizes.ValueKind == JsonValueKind.Array ? sizes.EnumerateArray().Select(s => s.GetDouble()).ToArray() : [];
        return new(modality ?? Modality.Unknown, spacing.Length == 3 ? spacing : null, Text(item, "window") is { } window ? CtWindow.Parse(window) : null);
    }

    private static bool IsAt(JsonElement item, string key, string folder, string image) =>
        Text(item, key) is { } relative && Path.GetFullPath(Path.Combine(folder, relative)) == image;

    private static string? Text(JsonElement item, string key) => item.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
