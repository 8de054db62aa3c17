using System.Globalization;
using System.Security.Cryptography;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>A case of the challenge's npz format.</summary>
/// <param name="order">Of the stored spacing, where nothing tells better.</param>
/// <param name="spacing">The voxel size along x, y and z as a manifest gives it: the stored numbers are in whichever order agrees with it.</param>
internal sealed class ChallengeCaseReader(string path, IReadOnlyDictionary<int, string> names, SpacingOrder order, double[]? spacing) : ICaseReader
{
    /// <summary>A second file with the ground truth in its array gts; null where the case's own file holds it.</summary>
    public string? Truth { get; init; }

    public bool IsWorthKeeping => true;

    /// <summary>Whether there is ground truth; a damaged file may have some, and says what is wrong with it when it is read.</summary>
    public static bool HasLabels(string path) => Ask(path, archive => archive.Contains("gts"), ifDamaged: true);

    public static bool LooksReversed(string path) => Ask(
        path,
        archive => archive.TryReadShape("imgs") is { Count: 3 } shape
            && archive.TryRead("spacing") is { IsNumeric: true } stored && stored.ToDoubles(path) is { Length: 3 } numbers
            && ChallengeCase.LooksReversed(numbers, shape),
        ifDamaged: false);

    public long CountVoxels()
    {
        try
        {
            using var archive = NpzArchive.Open(path);
            return archive.CountElements("imgs");
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return 0;
        }
    }

    public LoadedCase Read(CaseInfo info)
    {
        var read = ChallengeCase.Read(path);
        if (Truth is not null)
        {
            using var archive = NpzArchive.Open(Truth);
            var gts = archive.TryRead("gts") ?? throw new InvalidDataException($"npz '{Truth}': it has no array gts; expected the ground truth of '{path}'.");
            read = read.Imgs is { } image && image.Shape.SequenceEqual(gts.Shape)
                ? read with { Gts = gts }
                : throw new InvalidDataException($"npz '{Truth}': its array gts is {gts} and the image of '{path}' {read.Imgs}; expected one shape.");
        }

        var used = SpacingOrders.Of(read.Spacing, spacing) ?? order;
        return new(info.Id, read.Image(used), read.Gts is null ? null : read.Labels(used), NamesOf(read), info.Modality, IntensityOrigin.Npz)
        {
            Boxes = read.Boxes,
            SpacingOrder = used,
            Warnings = read.IsSpacingMissing ? [$"'{path}' has no array 'spacing': voxels are taken as 1 mm along each axis."] : [],
        };
    }

    public void AddTo(IncrementalHash fingerprint)
    {
        fingerprint.AddText($"npz, {order}, {(spacing is null ? "" : string.Join(' ', spacing.Select(s => s.ToString("R", CultureInfo.InvariantCulture))))}");
        fingerprint.AddNames(names);
        fingerprint.AddFile(path);
        if (Truth is not null)
        {
            fingerprint.AddFile(Truth);
        }
    }

    public void AddStamp(IncrementalHash fingerprint)
    {
        fingerprint.AddFileStamp(path);
        if (Truth is not null)
        {
            fingerprint.AddFileStamp(Truth);
        }
    }

    private static bool Ask(string path, Predicate<NpzArchive> question, bool ifDamaged)
    {
        try
        {
            using var archive = NpzArchive.Open(path);
            return question(archive);
        }
        catch (InvalidDataException)
        {
            return ifDamaged;
        }
    }

    private IReadOnlyDictionary<int, string> NamesOf(ChallengeCase read)
    {
        if (names.Count > 0 || read.TextPrompts is null)
        {
            return names;
        }

        var texts = new Dictionary<int, string>();
        foreach (var (key, value) in read.TextPrompts)
        {
            if (int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var label) && value is string text)
            {
                texts[label] = text;
            }
        }

        return texts;
    }
}
