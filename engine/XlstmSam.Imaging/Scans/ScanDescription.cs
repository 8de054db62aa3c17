using System.Text.Json;

namespace XlstmSam.Imaging;

/// <summary>What the data set that a scan lies in says about it.</summary>
/// <param name="Modality">The word as written; null where none is.</param>
/// <param name="Source">Which file says so, for messages.</param>
/// <param name="Spacing">The voxel size in millimetres along x, y and z; null where it is not said.</param>
public sealed record ScanDescription(string? Modality, string Source, IReadOnlyList<double>? Spacing, CtWindow? Window)
{
    private const string DataSetName = "dataset.json";
    private const int FoldersUp = 3;

    /// <summary>
    /// Looks beside the scan and in the folders above for a manifest.json that lists it, or a dataset.json; null where there is none that can be read.
    /// </summary>
    public static ScanDescription? Find(string scan)
    {
        // A link to a scan is described where the link lies, else where the scan does.
        var place = Path.GetFullPath(scan);
        var final = FileIdentity.Final(scan);
        return Above(place, final) ?? (final == place ? null : Above(final, final));
    }

    /// <param name="place">From whose folder on manifests are looked for.</param>
    /// <param name="scan">The scan itself, with all links followed.</param>
    private static ScanDescription? Above(string place, string scan)
    {
        var folder = Path.GetDirectoryName(place);
        for (var up = 0; up <= FoldersUp && folder is not null; up++, folder = Path.GetDirectoryName(folder))
        {
            try
            {
                if (OfManifest(Path.Combine(folder, Manifest.FileName), folder, scan) is { } listed)
                {
                    return listed;
                }
            }
            catch (Exception e) when (DecidesNothing(e))
            {
            }

            try
            {
                if (OfDataSet(Path.Combine(folder, DataSetName), folder, place, scan) is { } described)
                {
                    return described;
                }
            }
            catch (Exception e) when (DecidesNothing(e))
            {
            }
        }

        return null;
    }

    /// <summary>A file of that name from some other program, or one that may not be read, says nothing about the scan.</summary>
    private static bool DecidesNothing(Exception e) =>
        e is InvalidDataException or InvalidOperationException or IOException or UnauthorizedAccessException or ArgumentException;

    private static ScanDescription? OfManifest(string manifest, string folder, string scan)
    {
        if (!File.Exists(manifest))
        {
            return null;
        }

        var entry = Manifest.Read(manifest).FirstOrDefault(entry => IsAt(entry.Image, folder, scan) || IsAt(entry.Npz, folder, scan));
        return entry is null ? null : new(entry.Modality, "the manifest", entry.Spacing, entry.Window);
    }

    /// <summary>A dataset.json speaks for the folders imagesTr, imagesTs and the like below it, and for the images it lists.</summary>
    private static ScanDescription? OfDataSet(string path, string folder, string place, string scan)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var document = DescriptionFile.Open(path);
        var isImageFolder = (Path.GetFileName(Path.GetDirectoryName(place)) ?? "").StartsWith("images", StringComparison.OrdinalIgnoreCase);
        if (!isImageFolder && !Lists(document.RootElement, folder, scan))
        {
            return null;
        }

        var channels = ChannelNames.Of(document.RootElement, path);
        var channel = ChannelOf(place);
        return channel < channels.Count ? new(channels[channel], DataSetName, null, null) : null;
    }

    private static bool Lists(JsonElement root, string folder, string scan) => root.EnumerateObject()
        .Where(list => list.Value.ValueKind == JsonValueKind.Array).SelectMany(list => list.Value.EnumerateArray())
        .Any(entry => IsAt(Image(entry), folder, scan));

    /// <summary>"image.nii.gz" or {"image": "image.nii.gz"}; null for anything else.</summary>
    private static string? Image(JsonElement entry) => entry.ValueKind switch
    {
        JsonValueKind.String => entry.GetString(),
        JsonValueKind.Object when entry.TryGetProperty("image", out var image) && image.ValueKind == JsonValueKind.String => image.GetString(),
        _ => null,
    };

    /// <summary>The channel that nnU-Net writes at the end of a file's name, as in case_0001.nii.gz; the first where it writes none.</summary>
    private static int ChannelOf(string scan)
    {
        var stem = Path.GetFileName(scan).Split('.')[0];
        return stem.Length > 5 && stem[^5] == '_' && int.TryParse(stem.AsSpan(stem.Length - 4), out var channel) ? channel : 0;
    }

    private static bool IsAt(string? relative, string folder, string scan) =>
        relative is { Length: > 0 } && FileIdentity.Final(Path.Combine(folder, relative)) == scan;
}
