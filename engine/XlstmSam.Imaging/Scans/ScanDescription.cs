namespace XlstmSam.Imaging;

/// <summary>What the data set that a scan lies in says about it.</summary>
/// <param name="Modality">The word as written; null where none is.</param>
/// <param name="Source">Which file says so, for messages.</param>
/// <param name="Spacing">The voxel size in millimetres along x, y and z; null where it is not said.</param>
public sealed record ScanDescription(string? Modality, string Source, IReadOnlyList<double>? Spacing, CtWindow? Window)
{
    private const string DataSetName = "dataset.json";
    private const int FoldersUp = 3;

    /// <summary>Looks beside the scan and in the folders above for a manifest.json that lists it, or a dataset.json; null where there is none that can be read.</summary>
    public static ScanDescription? Find(string scan)
    {
        var path = Path.GetFullPath(scan);
        var folder = Path.GetDirectoryName(path);
        for (var up = 0; up <= FoldersUp && folder is not null; up++, folder = Path.GetDirectoryName(folder))
        {
            try
            {
                if (OfManifest(Path.Combine(folder, Manifest.FileName), folder, path) is { } listed)
                {
                    return listed;
                }

                if (OfDataSet(Path.Combine(folder, DataSetName), path) is { } described)
                {
                    return described;
                }
            }
            catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                // A file of that name from some other program, or one that may not be read: it decides nothing here.
            }
        }

        return null;
    }

    private static ScanDescription? OfManifest(string manifest, string folder, string scan)
    {
        if (!File.Exists(manifest))
        {
            return null;
        }

        var entry = Manifest.Read(manifest).FirstOrDefault(entry => IsAt(entry.Image, folder, scan) || IsAt(entry.Npz, folder, scan));
        return entry is null ? null : new(entry.Modality, "the manifest", entry.Spacing, entry.Window);
    }

    /// <summary>A dataset.json speaks for the folders imagesTr, imagesTs and the like below it.</summary>
    private static ScanDescription? OfDataSet(string path, string scan)
    {
        if (!File.Exists(path) || !(Path.GetFileName(Path.GetDirectoryName(scan)) ?? "").StartsWith("images", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        using var document = DescriptionFile.Open(path);
        var channels = ChannelNames.Of(document.RootElement, path);
        var channel = ChannelOf(scan);
        return channel < channels.Count ? new(channels[channel], DataSetName, null, null) : null;
    }

    /// <summary>The channel that nnU-Net writes at the end of a file's name, as in case_0001.nii.gz; the first where it writes none.</summary>
    private static int ChannelOf(string scan)
    {
        var stem = Path.GetFileName(scan).Split('.')[0];
        return stem.Length > 5 && stem[^5] == '_' && int.TryParse(stem.AsSpan(stem.Length - 4), out var channel) ? channel : 0;
    }

    private static bool IsAt(string? relative, string folder, string scan) => relative is not null && Path.GetFullPath(Path.Combine(folder, relative)) == scan;
}
