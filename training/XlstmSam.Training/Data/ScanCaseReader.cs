using System.Security.Cryptography;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>A case of one image and perhaps one file of labels on the same grid, in any format of <see cref="ScanFormats"/>.</summary>
internal sealed class ScanCaseReader(string imagePath, string? labelPath, IReadOnlyDictionary<int, string> names) : ICaseReader
{
    public CtWindow? Window { get; init; }

    /// <summary>Take the first of several volumes without asking: the first channel.</summary>
    public bool TakesFirstVolume { get; init; }

    /// <summary>What the data set declares its labels to be.</summary>
    public LabelTable Labels { get; init; } = LabelTable.Undeclared;

    public bool IsWorthKeeping => true;

    public long CountVoxels()
    {
        try
        {
            return ScanFormats.Of(imagePath, "Image").CountVoxels(imagePath);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    public LoadedCase Read(CaseInfo info)
    {
        var subject = $"Case '{info.Id}'";
        var scan = ScanFormats.Read(imagePath, new(TakesFirstVolume ? 0 : null), $"{subject}: image");
        var warnings = scan.Warnings.ToList();
        var labels = labelPath is null ? null
            : Labels.Apply(ScanFormats.ReadLabelsOn(labelPath, scan.Image.Geometry, $"{subject}: labels"), $"{subject}: labels '{labelPath}'", warnings);
        return new(info.Id, scan.Image, labels, names, info.Modality, scan.Origin) { Window = Window, Header = scan.Header, Warnings = warnings };
    }

    /// <summary>The modality that the image's values suggest; null where it cannot be read.</summary>
    public Modality? Guess()
    {
        try
        {
            var scan = ScanFormats.Read(imagePath, new(TakesFirstVolume ? 0 : null));
            return scan.Origin == IntensityOrigin.Measured ? Intensity.GuessModality(scan.Image) : Modality.Unknown;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void AddTo(IncrementalHash fingerprint)
    {
        fingerprint.AddText($"{ScanFormats.OfName(imagePath)?.Name.ToLowerInvariant()}, window {Window}, first volume {TakesFirstVolume}");
        fingerprint.AddNames(names);
        if (Labels.Ignore is { } ignore)
        {
            fingerprint.AddText(FormattableString.Invariant($"ignore {ignore}"));
        }

        fingerprint.AddFile(imagePath);
        fingerprint.AddFile(labelPath);
    }

    public void AddStamp(IncrementalHash fingerprint)
    {
        fingerprint.AddFileStamp(imagePath);
        fingerprint.AddFileStamp(labelPath);
    }
}
