using System.Globalization;
using System.Text.Json;

namespace XlstmSam.Training;

/// <summary>
/// An nnU-Net or Medical Segmentation Decathlon folder: dataset.json with imagesTr, labelsTr and perhaps imagesTs. Version 2 of nnU-Net
/// lists no files and ends their names in _0000 for the first channel; the Decathlon lists them and stores channels in a fourth dimension.
/// </summary>
internal static class NnUNetFolder
{
    public const string FileName = "dataset.json";
    private const string FirstChannel = "_0000";

    public static void AddCases(CaseList list)
    {
        var path = Path.Combine(list.Folder, FileName);
        using var document = DataSetFile.Open(path);
        var root = document.RootElement;
        var ending = DataSetFile.Text(root, "file_ending", $"'{path}'") ?? ".nii.gz";
        if (ending is not (".nii" or ".nii.gz"))
        {
            throw new InvalidDataException($"'{path}': file_ending is '{ending}'; expected .nii or .nii.gz. Convert the images to NIfTI.");
        }

        var channel = FirstChannelOf(list, root, out var several);
        var names = Names(root, path);
        foreach (var (id, image, label) in Pairs(list, root, ending, path))
        {
            if (list.Wants(id) && list.Exists(id, image) && (label is null || list.Exists(id, label)))
            {
                var reader = new NiftiCaseReader(image, label, names) { TakesFirstVolume = several };
                list.Add(new(id, DataSetFile.ModalityOf(channel), label is null ? CaseSplit.Test : CaseSplit.None, id, label is not null, reader));
            }
        }
    }

    private static IEnumerable<(string Id, string Image, string? Label)> Pairs(CaseList list, JsonElement root, string ending, string path)
    {
        if (DataSetFile.Child(root, "training", JsonValueKind.Array) is { } training)
        {
            foreach (var entry in training.EnumerateArray())
            {
                var image = entry.ValueKind == JsonValueKind.Object ? DataSetFile.Text(entry, "image", $"'{path}'") : null;
                var label = image is null ? null : DataSetFile.Text(entry, "label", $"'{path}'");
                if (image is null || label is null)
                {
                    throw new InvalidDataException($"'{path}': an entry of 'training' is {entry}; expected {{\"image\": ..., \"label\": ...}}.");
                }

                yield return (IdOf(label), ImagePath(list, image, path), DataSetFile.Below(list.Folder, label, $"'{path}'"));
            }
        }
        else
        {
            foreach (var image in Images(list.Folder, "imagesTr", ending))
            {
                var id = IdOf(image);
                yield return (id, image, Path.Combine(list.Folder, "labelsTr", id + ending));
            }
        }

        foreach (var image in Images(list.Folder, "imagesTs", ending))
        {
            yield return (IdOf(image), image, null);
        }
    }

    /// <summary>Lists of nnU-Net's first version leave out the channel that its files have in their names.</summary>
    private static string ImagePath(CaseList list, string image, string path)
    {
        var listed = DataSetFile.Below(list.Folder, image, $"'{path}'");
        var start = listed.Length - (listed.EndsWith(".nii.gz", StringComparison.Ordinal) ? 7 : Path.GetExtension(listed).Length);
        var withChannel = listed[..start] + FirstChannel + listed[start..];
        return !File.Exists(listed) && File.Exists(withChannel) ? withChannel : listed;
    }

    /// <summary>The first channels of a folder in order of name; other channels and the hidden files of some archives are passed over.</summary>
    private static IEnumerable<string> Images(string root, string folder, string ending)
    {
        var path = Path.Combine(root, folder);
        var files = Directory.Exists(path) ? Directory.GetFiles(path, "*" + ending) : [];
        Array.Sort(files, StringComparer.Ordinal);
        return files.Where(file => !Path.GetFileName(file).StartsWith('.') && !IsLaterChannel(Path.GetFileName(file)[..^ending.Length]));
    }

    private static bool IsLaterChannel(string stem) => stem.Length > 5 && stem[^5] == '_' && stem[^4..].All(char.IsAsciiDigit) && !stem.EndsWith(FirstChannel, StringComparison.Ordinal);

    private static string IdOf(string path)
    {
        var name = Path.GetFileName(path);
        var stem = name.EndsWith(".nii.gz", StringComparison.Ordinal) ? name[..^7] : Path.GetFileNameWithoutExtension(name);
        return stem.EndsWith(FirstChannel, StringComparison.Ordinal) ? stem[..^5] : stem;
    }

    private static string? FirstChannelOf(CaseList list, JsonElement root, out bool several)
    {
        var channels = DataSetFile.Child(root, "channel_names", JsonValueKind.Object) ?? DataSetFile.Child(root, "modality", JsonValueKind.Object);
        var named = channels?.EnumerateObject().OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => c.Value.ToString()).ToArray() ?? [];
        several = named.Length > 1;
        if (several)
        {
            list.Warn($"it has {named.Length} channels ({string.Join(", ", named)}); only the first is used.");
        }

        return named.FirstOrDefault();
    }

    /// <summary>Decathlon: {"1": "liver"}. nnU-Net 2: {"liver": 1}; regions, which are lists of labels, have no number of their own.</summary>
    private static Dictionary<int, string> Names(JsonElement root, string path)
    {
        var names = new Dictionary<int, string>();
        foreach (var entry in DataSetFile.Child(root, "labels", JsonValueKind.Object)?.EnumerateObject() ?? default)
        {
            if (entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var label))
            {
                names[label] = entry.Name;
            }
            else if (entry.Value.ValueKind == JsonValueKind.String)
            {
                var isNumber = int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out label);
                names[isNumber ? label : throw new InvalidDataException($"'{path}': 'labels' has '{entry.Name}'; expected a label number with its name, or a name with its number.")] = entry.Value.GetString()!;
            }
        }

        names.Remove(0);
        return names;
    }
}
