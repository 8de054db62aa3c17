using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>Finds the files of every case of a folder with a dataset.json, whether it lists them or not.</summary>
internal sealed class DataSetFiles(CaseList list, JsonElement root, string path)
{
    private const string FirstChannel = "_0000";
    private static readonly (string Key, CaseSplit Split)[] Lists =
    [
        ("training", CaseSplit.None), ("train", CaseSplit.None), ("validation", CaseSplit.Val), ("val", CaseSplit.Val), ("test", CaseSplit.Test),
        ("testing", CaseSplit.Test),
    ];

    private readonly string where = $"'{path}'";
    private readonly string ending = Ending(root, path);

    public IEnumerable<CaseFiles> Find()
    {
        var listed = Listed().ToArray();
        var known = listed.Select(c => FileIdentity.Final(c.Image)).ToHashSet(StringComparer.Ordinal);
        var isListed = listed.Any(c => c.Split != CaseSplit.Test);
        IEnumerable<CaseFiles> found = isListed ? [] : InFolder("imagesTr", "labelsTr", CaseSplit.None).Concat(InFolder("imagesVa", "labelsVa", CaseSplit.Val));
        return listed.Concat(found).Concat(InFolder("imagesTs", "labelsTs", CaseSplit.Test).Where(c => !known.Contains(FileIdentity.Final(c.Image))));
    }

    private IEnumerable<CaseFiles> Listed()
    {
        if (DescriptionFile.Child(root, "dataset", JsonValueKind.Object) is { } dataset)
        {
            foreach (var entry in dataset.EnumerateObject())
            {
                yield return Entry(entry.Value, CaseSplit.None, entry.Name, "dataset");
            }
        }

        foreach (var (key, split) in Lists)
        {
            foreach (var entry in DescriptionFile.Child(root, key, JsonValueKind.Array)?.EnumerateArray() ?? default)
            {
                yield return Entry(entry, split, null, key);
            }
        }
    }

    /// <summary>"image.nii.gz", {"image": ..., "label": ...} or {"images": [...], "label": ...}; of several images the first is the first channel.</summary>
    private CaseFiles Entry(JsonElement entry, CaseSplit split, string? id, string key)
    {
        var image = entry.ValueKind == JsonValueKind.String
            ? entry.GetString()
            : entry.ValueKind == JsonValueKind.Object
            ? First(entry, "image") ?? First(entry, "images")
            : null;
        var label = entry.ValueKind == JsonValueKind.Object ? First(entry, "label") : null;
        if (image is null || (label is null && split is not CaseSplit.Test))
        {
            throw new InvalidDataException($"{where}: an entry of '{key}' is {entry}; expected {{\"image\": ..., \"label\": ...}}.");
        }

        int? fold = entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("fold", out var number) && number.TryGetInt32(out var value) ? value : null;
        var imagePath = WithChannel(Located(image));
        var labelPath = label is null ? LabelOfTest(imagePath, split) : Located(label);
        return new(id ?? IdOf(labelPath ?? imagePath), imagePath, labelPath, split, fold);
    }

    private static string? First(JsonElement entry, string key) => !entry.TryGetProperty(key, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.String ? value[0].GetString()
        : null;

    /// <summary>A listed path: below the folder or, where the user allows it, anywhere.</summary>
    private string Located(string listed)
    {
        if (list.Options.AllowsOutside)
        {
            return Path.GetFullPath(listed, Path.GetFullPath(list.Folder));
        }

        try
        {
            return DescriptionFile.Below(list.Folder, listed, where);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{e.Message} If you trust this description, --allow-outside reads files anywhere.", e);
        }
    }

    /// <summary>nnU-Net keeps the labels of test images, where there are some, in labelsTs.</summary>
    private string? LabelOfTest(string image, CaseSplit split)
    {
        var label = Path.Combine(list.Folder, "labelsTs", IdOf(image) + EndingOf(image));
        return split == CaseSplit.Test && File.Exists(label) ? label : null;
    }

    private IEnumerable<CaseFiles> InFolder(string images, string labels, CaseSplit split)
    {
        foreach (var image in Images(images))
        {
            var id = IdOf(image);
            var label = Path.Combine(list.Folder, labels, id + EndingOf(image));
            yield return new(id, image, split == CaseSplit.Test && !File.Exists(label) ? null : label, split);
        }
    }

    /// <summary>
    /// The first channels of a folder in order of name. Names that end in _0001 and the like are later channels, but where no name ends in _0000 they are what
    /// the names are.
    /// </summary>
    private IEnumerable<string> Images(string folder)
    {
        var place = Path.Combine(list.Folder, folder);
        string[] files = Directory.Exists(place)
            ? [.. Directory.GetFiles(place).Where(file => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(file).StartsWith('.'))]
            : [];
        Array.Sort(files, StringComparer.Ordinal);
        var hasChannels = files.Any(file => Stem(file).EndsWith(FirstChannel, StringComparison.Ordinal));
        if (!hasChannels && files.Any(file => IsLaterChannel(Stem(file))))
        {
            list.Say($"no file in {folder} ends in {FirstChannel}, so every file there is taken as an image of its own.");
        }

        return files.Where(file => !hasChannels || !IsLaterChannel(Stem(file)));
    }

    private static bool IsLaterChannel(string stem) =>
        stem.Length > 5 && stem[^5] == '_' && stem[^4..].All(char.IsAsciiDigit) && !stem.EndsWith(FirstChannel, StringComparison.Ordinal);

    /// <summary>Lists of nnU-Net's first version leave out the channel that its files have in their names.</summary>
    private static string WithChannel(string listed)
    {
        var ending = EndingOf(listed);
        var withChannel = listed[..^ending.Length] + FirstChannel + ending;
        return !File.Exists(listed) && File.Exists(withChannel) ? withChannel : listed;
    }

    private static string IdOf(string file) =>
        Stem(file) is var stem && stem.EndsWith(FirstChannel, StringComparison.Ordinal) ? stem[..^FirstChannel.Length] : stem;

    private static string Stem(string file) => Path.GetFileName(file)[..^EndingOf(file).Length];

    private static string EndingOf(string file) =>
        file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Path.GetExtension(file[..^3]) + file[^3..] : Path.GetExtension(file);

    private static string Ending(JsonElement root, string path)
    {
        var ending = DescriptionFile.Text(root, "file_ending", $"'{path}'") ?? ".nii.gz";
        return ScanFormats.OfName("case" + ending) is not null
            ? ending
            : throw new InvalidDataException($"'{path}': file_ending is '{ending}'; expected one of {ScanFormats.Endings}. Convert the images.");
    }
}
