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
    string? Folder, string? Filter, CaseSource Source, SpacingOrder? Order, ulong Seed, string? Name = null, string? Licence = null, int? Cases = null, string? Digest = null)
{
    private const string FileName = "data.json";

    /// <summary>Held-out phantoms of the final table: four of each modality.</summary>
    private const int TestPhantoms = 20;

    public bool IsPhantoms => Folder is null;

    public DataSet Open() => Folder is null
        ? PhantomSource.Open(new PhantomConfig(), Seed, test: TestPhantoms)
        : DataSet.Open(Folder, new(Filter, Source, Order));

    /// <summary>This, with the cases that the run learns from. A run that began on others is refused.</summary>
    public RunData Claiming(string name, IReadOnlyList<CaseInfo> cases, RunFolder run)
    {
        var digest = CaseDigest.Of(cases);
        return (Cases ?? cases.Count) != cases.Count
            ? throw Differs($"was started on {Cases} cases and the data set now has {cases.Count}")
            : (Digest ?? digest) != digest
            ? throw Differs($"was started on {Cases} cases, and some of them now have other names or other content")
            : this with { Name = Name ?? name, Cases = cases.Count, Digest = digest };

        InvalidDataException Differs(string how) => new($"Run '{run.Path}' {how}, so it could not continue as it began; bring the data back, or start a new run.");
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
                root.TryGetProperty("digest", out var digest) ? digest.GetString() : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"'{path}': {e.Message} Name the data with --data.", e);
        }
    }
}
