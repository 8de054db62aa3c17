using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>
/// A folder of challenge npz files, in it or in folders below. The modality is that with which a file's name begins, else that of the nearest folder whose
/// name begins with one. The ground truth may lie in a second folder, in files of the same names, as the challenge keeps it for validation and test.
/// </summary>
internal static class NpzFolder
{
    private const string Ending = ".npz";

    /// <summary>All npz files in a folder and below it, in order of their paths; the case of the ending does not matter, hidden files do not count.</summary>
    public static string[] Files(string folder)
    {
        var below = new EnumerationOptions { RecurseSubdirectories = true, MatchCasing = MatchCasing.CaseInsensitive, IgnoreInaccessible = true };
        return [.. Directory.EnumerateFiles(folder, "*" + Ending, below).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)];
    }

    public static void AddCases(CaseList list)
    {
        var files = Files(list.Folder);
        var truths = list.Options.Truth is { } folder ? Truths(folder) : null;
        var names = files.GroupBy(Path.GetFileNameWithoutExtension, StringComparer.Ordinal)
            .Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var path in files)
        {
            var stem = Path.GetFileNameWithoutExtension(path);
            var id = names.Contains(stem)
                ? Path.ChangeExtension(Path.GetRelativePath(list.Folder, path), null).Replace(Path.DirectorySeparatorChar, '.')
                : stem;
            if (!list.Wants(id))
            {
                continue;
            }

            var truth = truths?.GetValueOrDefault(Path.GetFileName(path));
            if (truths is not null && truth is null && !ChallengeCaseReader.HasLabels(path))
            {
                list.Exists(id, Path.Combine(list.Options.Truth!, Path.GetFileName(path)));
                continue;
            }

            var reader = new ChallengeCaseReader(path, new Dictionary<int, string>(), list.Options.SpacingOrder ?? SpacingOrder.Array, null) { Truth = truth };
            list.Add(new(id, ModalityOf(path, list.Folder), CaseSplit.None, id, truth is not null || ChallengeCaseReader.HasLabels(path), reader));
            if (list.Options.SpacingOrder is null && ChallengeCaseReader.LooksReversed(path))
            {
                list.LooksReversed(id);
            }
        }
    }

    private static Dictionary<string, string> Truths(string folder) => Directory.Exists(folder)
        ? Files(folder)
            .GroupBy(file => Path.GetFileName(file)!, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal)
        : throw new FileNotFoundException($"--truth '{folder}': there is no such folder.", folder);

    private static Modality ModalityOf(string path, string root)
    {
        var named = ModalityNames.OfFile(path);
        var top = Path.GetFullPath(root);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        while (named == Modality.Unknown && folder is not null && folder.StartsWith(top, StringComparison.Ordinal))
        {
            named = ModalityNames.OfFile(folder + "_");
            folder = Path.GetDirectoryName(folder);
        }

        return named;
    }
}
