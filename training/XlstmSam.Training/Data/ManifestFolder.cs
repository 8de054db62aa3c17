using System.Globalization;
using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>
/// A data set with a manifest.json: {"version": 1, "cases": [{"id", "modality", "split", "subject", "image", "label", "npz", "spacing",
/// "label_names", "npz_labels", "window"}]}. Only the id and one of image and npz are needed.
/// </summary>
internal static class ManifestFolder
{
    public const string FileName = "manifest.json";
    private const int Version = 1;

    public static void AddCases(CaseList list)
    {
        var path = Path.Combine(list.Folder, FileName);
        using var document = DataSetFile.Open(path);
        var root = document.RootElement;
        if (root.TryGetProperty("version", out var version) && (!version.TryGetInt32(out var number) || number != Version))
        {
            throw new InvalidDataException($"'{path}': version {version}; expected {Version}.");
        }

        var cases = DataSetFile.Child(root, "cases", JsonValueKind.Array) ?? throw new InvalidDataException($"'{path}': it has no list 'cases'; expected one entry per case.");
        foreach (var element in cases.EnumerateArray())
        {
            Add(list, element, path);
        }
    }

    private static void Add(CaseList list, JsonElement element, string path)
    {
        var id = element.ValueKind == JsonValueKind.Object ? DataSetFile.Text(element, "id", $"'{path}'") : null;
        if (id is null)
        {
            throw new InvalidDataException($"'{path}': a case has no 'id'; expected a name.");
        }

        if (!list.Wants(id))
        {
            return;
        }

        var where = $"'{path}', case '{id}'";
        var isNpz = list.Options.Source == CaseSource.Npz;
        var image = DataSetFile.Text(element, isNpz ? "npz" : "image", where);
        var label = isNpz ? null : DataSetFile.Text(element, "label", where);
        var imagePath = image is null ? null : DataSetFile.Below(list.Folder, image, where);
        var labelPath = label is null ? null : DataSetFile.Below(list.Folder, label, where);
        if (!list.Exists(id, imagePath) || imagePath is null || (labelPath is not null && !list.Exists(id, labelPath)))
        {
            return;
        }

        var names = Names(element, isNpz ? "npz_labels" : "label_names", where);
        ICaseReader reader = isNpz
            ? new NpzCaseReader(imagePath, names, list.Options.SpacingOrder ?? SpacingOrder.Array, list.Options.TrustManifest ? Spacing(element, where) : null)
            : new NiftiCaseReader(imagePath, labelPath, names) { Window = Window(element, where) };
        list.Add(new(
            id,
            DataSetFile.ModalityOf(DataSetFile.Text(element, "modality", where)),
            Split(DataSetFile.Text(element, "split", where), where),
            DataSetFile.Text(element, "subject", where) ?? id,
            isNpz ? NpzCaseReader.HasLabels(imagePath) : labelPath is not null,
            reader));
    }

    private static CaseSplit Split(string? text, string where) => text?.ToLowerInvariant() switch
    {
        null or "" or "none" => CaseSplit.None,
        "train" or "training" => CaseSplit.Train,
        "val" or "validation" => CaseSplit.Val,
        "test" => CaseSplit.Test,
        "extra" => CaseSplit.Extra,
        _ => throw new InvalidDataException($"{where}: split '{text}'; expected train, val, test, extra or none."),
    };

    private static CtWindow? Window(JsonElement element, string where)
    {
        try
        {
            return DataSetFile.Text(element, "window", where) is { } text ? CtWindow.Parse(text) : null;
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"{where}: {e.Message}", e);
        }
    }

    /// <summary>The voxel size along x, y and z: it tells in which order an npz of the case stores the same numbers.</summary>
    private static double[]? Spacing(JsonElement element, string where) => DataSetFile.Child(element, "spacing", JsonValueKind.Array) is not { } array ? null
        : array.GetArrayLength() == 3 && array.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number) ? [.. array.EnumerateArray().Select(e => e.GetDouble())]
        : throw new InvalidDataException($"{where}: 'spacing' is {array}; expected three numbers for x, y and z.");

    private static Dictionary<int, string> Names(JsonElement element, string key, string where)
    {
        var names = new Dictionary<int, string>();
        foreach (var entry in DataSetFile.Child(element, key, JsonValueKind.Object)?.EnumerateObject() ?? default)
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
