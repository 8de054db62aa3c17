using System.Text.Json;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>
/// A folder with a dataset.json, as nnU-Net, the Medical Segmentation Decathlon and MONAI write it. The files are those that it lists ("dataset",
/// "training", "validation", "test") or, where it lists none, those in imagesTr, labelsTr, imagesTs and labelsTs. Validation cases are those of its
/// "validation" list, of the first fold of splits_final.json, or of fold 0 where entries have a "fold".
/// </summary>
internal static class NnUNetFolder
{
    public const string FileName = "dataset.json";
    private const string FoldsName = "splits_final.json";

    public static void AddCases(CaseList list)
    {
        var path = Path.Combine(list.Folder, FileName);
        using var document = DescriptionFile.Open(path);
        var root = document.RootElement;
        var channels = ChannelNames.Of(root, path);
        if (channels.Count > 1)
        {
            list.Warn($"it has {channels.Count} channels ({string.Join(", ", channels)}); only the first is used.");
        }

        var labels = LabelTable.Of(root, path);
        foreach (var warning in labels.Warnings)
        {
            list.Warn(warning);
        }

        if (labels.Ignore is { } ignore)
        {
            list.Warn($"label {ignore} is named 'ignore': it is no object, is never asked for and never scored; its voxels count as background.");
        }

        var files = new DataSetFiles(list, root, path);
        CaseFiles[] cases = [.. files.Find()];
        var held = HeldOut(list, cases);
        var ids = cases.Where(c => c.Split != CaseSplit.Test).Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in cases)
        {
            // A test case may be called as a training case: its folder tells the two apart.
            var id = entry.Split == CaseSplit.Test && ids.Contains(entry.Id) ? $"test_{entry.Id}" : entry.Id;
            if (list.Wants(id) && list.Exists(id, entry.Image) && (entry.Label is null || list.Exists(id, entry.Label)))
            {
                var reader = new ScanCaseReader(entry.Image, entry.Label, labels.Names) { TakesFirstVolume = channels.Count > 1, Labels = labels };
                var split = entry.Split == CaseSplit.None && held.Count > 0 ? held.Contains(entry.Id) ? CaseSplit.Val : CaseSplit.Train : entry.Split;
                list.Add(new(id, list.ModalityOf(id, channels.FirstOrDefault()), split, entry.Id, entry.Label is not null, reader));
            }
        }
    }

    /// <summary>The ids of the validation cases of fold 0, where folds are given.</summary>
    private static HashSet<string> HeldOut(CaseList list, IReadOnlyList<CaseFiles> cases)
    {
        HashSet<string> held = [.. cases.Where(c => c.Fold == 0).Select(c => c.Id)];
        if (held.Count > 0)
        {
            list.Say($"cases of fold 0 are validated with: {held.Count} of {cases.Count(c => c.Fold is not null)}.");
            return held;
        }

        var path = Path.Combine(list.Folder, FoldsName);
        if (!File.Exists(path) || cases.Any(c => c.Split == CaseSplit.Val))
        {
            return held;
        }

        try
        {
            using var folds = JsonDocument.Parse(File.ReadAllBytes(path));
            var first = folds.RootElement.EnumerateArray().First();
            held.UnionWith(first.GetProperty("val").EnumerateArray().Select(id => id.GetString()!));
            held.IntersectWith(cases.Select(c => c.Id));
            list.Say($"the first of {folds.RootElement.GetArrayLength()} folds of {FoldsName} is used: {held.Count} cases to validate with.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException($"'{path}': it is no list of folds with 'train' and 'val' ({e.Message}); correct or remove it.", e);
        }

        return held;
    }
}
