using System.IO.Enumeration;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>Collects the cases of one data set while its folder is read.</summary>
internal sealed class CaseList(string folder, DataSetOptions options)
{
    private const int IdsShown = 5;
    private const int MostLookedAt = 5;
    private readonly List<CaseInfo> cases = [];
    private readonly List<(string Id, string? Path)> missing = [];
    private readonly List<string> reversed = [];
    private readonly List<string> warnings = [];
    private readonly List<string> notes = [];
    private readonly Dictionary<string, string> unknownWords = new(StringComparer.Ordinal);
    private readonly HashSet<string> ids = new(StringComparer.Ordinal);

    public string Folder => folder;

    public DataSetOptions Options => options;

    /// <summary>Whether the options ask for this case. Refuses an id that occurs twice or is no file name.</summary>
    public bool Wants(string id)
    {
        if (id.Length is 0 or > 200 || id is "." or ".." || id.AsSpan().ContainsAny("/\\:\0") || id.Any(char.IsControl))
        {
            throw new InvalidDataException($"Data set '{folder}': case id '{id}'; expected a name of at most 200 characters that can be a file name.");
        }

        return ids.Add(id)
            ? options.Filter is null || FileSystemName.MatchesSimpleExpression(options.Filter, id, ignoreCase: false)
            : throw new InvalidDataException($"Data set '{folder}': case id '{id}' occurs twice; expected each id once.");
    }

    public void Add(CaseInfo info) => cases.Add(options.Modality is { } modality ? info with { Modality = modality } : info);

    /// <summary>True if the file exists; otherwise, or where the data set names none, the case counts as left out.</summary>
    public bool Exists(string id, string? path)
    {
        if (File.Exists(path))
        {
            return true;
        }

        missing.Add((id, path));
        return false;
    }

    /// <summary>The modality that the data set's word for a case means; a word that is none is named in a warning.</summary>
    public Modality ModalityOf(string id, string? word)
    {
        var modality = ModalityNames.Read(word);
        if (modality is null && !string.IsNullOrWhiteSpace(word))
        {
            unknownWords.TryAdd(word, id);
        }

        return modality ?? Modality.Unknown;
    }

    public void LooksReversed(string id) => reversed.Add(id);

    public void Warn(string sentence) => warnings.Add($"Data set '{folder}': {sentence}");

    /// <summary>Notes how the data set is read, where that was a choice.</summary>
    public void Say(string sentence) => notes.Add($"Data set '{folder}': {sentence}");

    public DataSet Build()
    {
        if (missing.Count > 0)
        {
            Warn(
                $"{missing.Count} {(missing.Count == 1 ? "case is" : "cases are")} left out because a file is missing: {Shown(missing.Select(m => m.Id))}; " +
                $"the first {(missing[0].Path is { } path ? $"file is '{path}'" : "names no file")}.");
        }

        foreach (var (word, id) in options.Modality is null ? unknownWords : [])
        {
            Warn($"the modality '{word}' is not known (case '{id}' first); expected CT, MRI, PET, US or Microscopy, or pass --modality.");
        }

        DecideModality();
        if (reversed.Count > 0)
        {
            Warn($"the spacing of {Shown(reversed)} looks like (x, y, z) but is read as (z, y, x); pass --spacing-order xyz if so.");
        }

        if (cases.Count == 0)
        {
            throw new InvalidDataException(ids.Count == 0
                ? $"Data set '{folder}': it lists no cases; expected at least one."
                : missing.Count > 0 ? warnings.First(w => w.Contains("left out", StringComparison.Ordinal)) + " No case is left."
                : $"Data set '{folder}': none of its {ids.Count} cases matches '{options.Filter}'; the first is '{ids.First()}'.");
        }

        return new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), cases, warnings) { Notes = notes };
    }

    /// <summary>One decision for all cases whose modality nobody names: CT where most of a few scans hold air below -200, else unknown.</summary>
    private void DecideModality()
    {
        int[] unknown = [.. Enumerable.Range(0, cases.Count).Where(i => cases[i].Modality == Modality.Unknown && cases[i].Reader is ScanCaseReader)];
        if (unknown.Length == 0)
        {
            return;
        }

        var looked = Evaluation.Evenly(unknown, MostLookedAt).Select(i => ((ScanCaseReader)cases[i].Reader).Guess()).OfType<Modality>().ToArray();
        var air = looked.Count(guess => guess == Modality.CT);
        var isCt = 2 * air > looked.Length;
        var found = $"{air} of {looked.Length} scans looked at hold air below -200";
        Say(isCt
            ? $"no modality is named for {unknown.Length} cases; {found}, so all of them are taken as CT. --modality says otherwise."
            : $"no modality is named for {unknown.Length} cases; {found}, so their intensities are scaled by percentiles. --modality says otherwise.");
        foreach (var i in isCt ? unknown : [])
        {
            cases[i] = cases[i] with { Modality = Modality.CT };
        }
    }

    private static string Shown(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return string.Join(", ", all.Take(IdsShown)) + (all.Length > IdsShown ? $" and {all.Length - IdsShown} more" : "");
    }
}
