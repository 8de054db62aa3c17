using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>A folder of challenge npz files; a file name begins with the modality.</summary>
internal static class NpzFolder
{
    public static void AddCases(CaseList list)
    {
        var files = Directory.GetFiles(list.Folder, "*.npz");
        Array.Sort(files, StringComparer.Ordinal);
        foreach (var path in files.Where(file => !Path.GetFileName(file).StartsWith('.')))
        {
            var id = Path.GetFileNameWithoutExtension(path);
            if (!list.Wants(id))
            {
                continue;
            }

            var reader = new ChallengeCaseReader(path, new Dictionary<int, string>(), list.Options.SpacingOrder ?? SpacingOrder.Array, null);
            list.Add(new(id, ModalityNames.OfFile(path), CaseSplit.None, id, ChallengeCaseReader.HasLabels(path), reader));
            if (list.Options.SpacingOrder is null && ChallengeCaseReader.LooksReversed(path))
            {
                list.LooksReversed(id);
            }
        }
    }
}
