using XlstmSam.Imaging;
using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>The voxels of a case in the file's own axis order.</summary>
/// <param name="Labels">On the image's grid, or null.</param>
/// <param name="Names">What the labels mean, as far as the data set says.</param>
public sealed record LoadedCase(
    string Id, Volume<float> Image, Volume<int>? Labels, IReadOnlyDictionary<int, string> Names, Modality Modality, IntensityOrigin Origin)
{
    /// <summary>The window that the data set asks for, or null for the usual one.</summary>
    public CtWindow? Window { get; init; }

    /// <summary>The boxes of a challenge npz, one per class in ascending order.</summary>
    public IReadOnlyList<ChallengeBox>? Boxes { get; init; }

    /// <summary>How the spacing of an npz was read.</summary>
    public SpacingOrder SpacingOrder { get; init; }

    /// <summary>The header of the image, for masks of the same format and geometry.</summary>
    public ScanHeader? Header { get; init; }

    /// <summary>One sentence each for what is doubtful about the files.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The scan as every model sees it.</summary>
    public PreparedScan Prepare() => PreparedScan.Prepare(Image, Modality, Origin, Window);

    /// <summary>All that is doubtful about the files and about intensities that contradict the modality: one sentence each, with the case's name.</summary>
    /// <exception cref="InvalidDataException">There is nothing to see in the image.</exception>
    public IReadOnlyList<string> CheckIntensities()
    {
        var check = IntensityCheck.Of(Image, Modality, Origin, Window);
        return check.Refusal is { } refusal
            ? throw new InvalidDataException($"Case '{Id}': {refusal}")
            :
            [
                .. Warnings.Concat(check.Warnings).Select(
                    sentence => sentence.StartsWith("Case '", StringComparison.Ordinal) ? sentence : $"Case '{Id}': {sentence}"),
            ];
    }

    /// <summary>The labels as 16-bit numbers; null without labels.</summary>
    public Volume<ushort>? SmallLabels()
    {
        if (Labels is null)
        {
            return null;
        }

        var outside = Labels.Voxels.AsSpan().IndexOfAnyExceptInRange(0, ushort.MaxValue);
        return outside < 0
            ? new(Labels.Geometry, Array.ConvertAll(Labels.Voxels, label => (ushort)label))
            : throw new InvalidDataException($"Case '{Id}': label {Labels.Voxels[outside]}; expected labels from 0 to {ushort.MaxValue}. Renumber them.");
    }
}
