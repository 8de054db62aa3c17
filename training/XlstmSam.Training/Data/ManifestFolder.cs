using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>A data set with a manifest.json.</summary>
internal static class ManifestFolder
{
    public const string FileName = Manifest.FileName;

    public static void AddCases(CaseList list)
    {
        foreach (var entry in Manifest.Read(Path.Combine(list.Folder, FileName)))
        {
            if (list.Wants(entry.Id))
            {
                Add(list, entry);
            }
        }
    }

    private static void Add(CaseList list, ManifestCase entry)
    {
        var isNpz = list.Options.Source == CaseSource.Npz;
        var image = isNpz ? entry.Npz : entry.Image;
        var label = isNpz ? null : entry.Label;
        var imagePath = image is null ? null : DescriptionFile.Below(list.Folder, image, entry.Where);
        var labelPath = label is null ? null : DescriptionFile.Below(list.Folder, label, entry.Where);
        if (!list.Exists(entry.Id, imagePath) || imagePath is null || (labelPath is not null && !list.Exists(entry.Id, labelPath)))
        {
            return;
        }

        ICaseReader reader = isNpz
            ? new ChallengeCaseReader(
                imagePath, entry.NpzLabelNames, list.Options.SpacingOrder ?? SpacingOrder.Array, list.Options.TrustManifest ? entry.Spacing?.ToArray() : null)
            : new ScanCaseReader(imagePath, labelPath, entry.LabelNames) { Window = entry.Window };
        list.Add(new(
            entry.Id,
            list.ModalityOf(entry.Id, entry.Modality),
            Split(entry.Split, entry.Where),
            entry.Subject ?? entry.Id,
            isNpz ? ChallengeCaseReader.HasLabels(imagePath) : labelPath is not null,
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
}
