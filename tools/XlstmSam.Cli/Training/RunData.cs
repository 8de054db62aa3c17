using System.Text.Json;
using XlstmSam.Imaging;
using XlstmSam.Training;
using XlstmSam.Training.Phantoms;

namespace XlstmSam.Cli.Training;

/// <summary>What a run learns from. Kept in the run folder as data.json, so that --resume needs nothing else.</summary>
/// <param name="Folder">The data set, or null for phantoms.</param>
/// <param name="Seed">Of the phantoms.</param>
/// <param name="Name">What weight files call the data set, wherever it lies.</param>
/// <param name="Licence">What weight files say about their licence, or null for what follows from the data.</param>
/// <param name="Cases">How many cases the run was started on; null before they were counted.</param>
/// <param name="Digest">Of these cases; null before they were known.</param>
internal sealed record RunData(
    string? Folder, string? Filter, CaseSource Source, SpacingOrder? Order, ulong Seed, string? Name = null, string? Licence = null, int? Cases = null,
    string? Digest = null)
{
    private const string FileName = "data.json";

    /// <summary>Of every case, whatever the data set says; null where it says.</summary>
    public Modality? Modality { get; init; }

    /// <summary>Whether the data set's description may name files outside its folder.</summary>
    public bool AllowsOutside { get; init; }

    /// <summary>A second folder with the ground truth, or null.</summary>
    public string? Truth { get; init; }

    /// <summary>The weights that the run started from, their licence and their data, as weight files tell of it; null where it started at random.</summary>
    public string? StartedFrom { get; init; }

    /// <summary>Every case that the run learns from, by id, with a short value of its files; empty in runs of older versions.</summary>
    public IReadOnlyDictionary<string, string> Known { get; init; } = new Dictionary<string, string>();

    /// <summary>Held-out phantoms of the final table: four of each modality.</summary>
    private const int TestPhantoms = 20;

    public bool IsPhantoms => Folder is null;

    public DataSet Open() => Folder is null
        ? PhantomSource.Open(new PhantomConfig(), Seed, test: TestPhantoms)
        : DataSet.Open(Folder, new(Filter, Source, Order, Modality) { AllowsOutside = AllowsOutside, Truth = Truth });

    /// <summary>
    /// This, with the cases that the run learns from. Where cases were repaired, removed or added since the run began it goes on, and the warning says
    /// what that means; a run of which less than half is left is refused.
    /// </summary>
    /// <param name="warn">Takes the sentence.</param>
    public RunData Claiming(string name, IReadOnlyList<CaseInfo> cases, RunFolder run, Action<string> warn)
    {
        var digest = CaseDigest.Of(cases);
        var now = cases.ToDictionary(info => info.Id, CaseDigest.Of, StringComparer.Ordinal);
        if (Digest is not null && Digest != digest && Known.Count > 0)
        {
            var removed = Known.Keys.Where(id => !now.ContainsKey(id)).ToArray();
            var changed = Known.Where(known => now.TryGetValue(known.Key, out var value) && value != known.Value).Select(known => known.Key).ToArray();
            var added = now.Keys.Where(id => !Known.ContainsKey(id)).ToArray();
            if (2 * (Known.Count - removed.Length - changed.Length) < Known.Count)
            {
                throw Differs($"was started on {Known.Count} cases, of which {removed.Length} are gone and {changed.Length} have other content");
            }

            var changes = ((string, string[])[])[("removed", removed), ("changed", changed), ("added", added)];
            warn(
                $"the data of run '{run.Path}' has changed since it began " +
                $"({string.Join("; ", changes.Where(change => change.Item2.Length > 0).Select(Shown))}). " +
                $"It goes on with {cases.Count} cases, but will not end with the bits of a run whose data stayed as it was.");
            return this with { Name = Name ?? name, Cases = cases.Count, Digest = digest, Known = now };
        }

        return (Cases ?? cases.Count) != cases.Count
            ? throw Differs($"was started on {Cases} cases and the data set now has {cases.Count}")
            : (Digest ?? digest) != digest
            ? throw Differs($"was started on {Cases} cases, and some of them now have other names or other content")
            : this with { Name = Name ?? name, Cases = cases.Count, Digest = digest, Known = now };

        static string Shown((string What, string[] Ids) change) =>
            $"{change.What}: {string.Join(", ", change.Ids.Take(5))}{(change.Ids.Length > 5 ? ", ..." : "")}";

        InvalidDataException Differs(string how) =>
            new($"Run '{run.Path}' {how}, so it could not continue as it began; bring the data back, or start a new run.");
    }

    public void Save(RunFolder run) => AtomicFile.Write(run.In(FileName), stream =>
    {
        using var writer = new Utf8JsonWriter(stream, new() { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("folder", Folder is null ? null : Path.GetFullPath(Folder));
        writer.WriteString("filter", Filter);
        writer.WriteString("source", Source == CaseSource.Npz ? "npz" : "nifti");
        writer.WriteString("spacingOrder", Order switch { null => null, SpacingOrder.Xyz => "xyz", _ => "array" });
        writer.WriteNumber("seed", Seed);
        writer.WriteString("name", Name);
        writer.WriteString("licence", Licence);
        if (Cases is { } cases)
        {
            writer.WriteNumber("cases", cases);
        }

        if (Digest is not null)
        {
            writer.WriteString("digest", Digest);
        }

        writer.WriteString("modality", Modality?.ToString());
        writer.WriteBoolean("allowsOutside", AllowsOutside);
        writer.WriteString("truth", Truth is null ? null : Path.GetFullPath(Truth));
        writer.WriteString("startedFrom", StartedFrom);
        writer.WriteStartObject("known");
        foreach (var (id, value) in Known)
        {
            writer.WriteString(id, value);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    /// <summary>What the run folder says, or null where it says nothing that can be read.</summary>
    public static RunData? Find(RunFolder run)
    {
        try
        {
            return File.Exists(run.In(FileName)) ? Read(run) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    public static RunData Read(RunFolder run)
    {
        var path = run.In(FileName);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"Run '{run.Path}': it has no {FileName}, which says what it learns from; name the data with --data.", path);
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            return new(
                root.GetProperty("folder").GetString(),
                root.GetProperty("filter").GetString(),
                root.GetProperty("source").GetString() == "npz" ? CaseSource.Npz : CaseSource.Nifti,
                root.GetProperty("spacingOrder").GetString() switch { "xyz" => SpacingOrder.Xyz, "array" => SpacingOrder.Array, _ => null },
                root.GetProperty("seed").GetUInt64(),
                root.TryGetProperty("name", out var name) ? name.GetString() : null,
                root.TryGetProperty("licence", out var licence) ? licence.GetString() : null,
                root.TryGetProperty("cases", out var cases) ? cases.GetInt32() : null,
                root.TryGetProperty("digest", out var digest) ? digest.GetString() : null)
            {
                Modality = root.TryGetProperty("modality", out var modality) && modality.GetString() is { } word ? ModalityNames.Parse(word) : null,
                AllowsOutside = root.TryGetProperty("allowsOutside", out var outside) && outside.GetBoolean(),
                Truth = root.TryGetProperty("truth", out var truth) ? truth.GetString() : null,
                StartedFrom = root.TryGetProperty("startedFrom", out var started) ? started.GetString() : null,
                Known = root.TryGetProperty("known", out var known)
                    ? known.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!)
                    : new Dictionary<string, string>(),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"'{path}': {e.Message} Name the data with --data.", e);
        }
    }
}
