using XlstmSam.Imaging;

namespace XlstmSam.Training.Metrics;

/// <summary>A case to evaluate: the image, the true labels and the boxes, one per class in ascending order; null starts from the first click.</summary>
public sealed record ChallengeTask(ChallengeImage Image, ushort[] Truth, IReadOnlyList<ChallengeBox>? Boxes)
{
    /// <summary>A case with its labels, which the challenge may keep in a second file of the same name.</summary>
    public static ChallengeTask Of(ChallengeCase image, ChallengeCase labels, SpacingOrder order)
    {
        var truth = labels.Labels(order);
        var size = image.Geometry(order).Size;
        if (truth.Size != size)
        {
            throw new InvalidDataException($"npz '{image.Name}': image of {size} and labels of {truth.Size} voxels; expected one grid.");
        }

        return new(new(Path.GetFileName(image.Name), image.Image(order)), ToLabels(truth.Voxels, labels.Name), image.Boxes);
    }

    /// <summary>Labels as 16-bit numbers; a label that does not fit is refused.</summary>
    public static ushort[] ToLabels(ReadOnlySpan<int> voxels, string name)
    {
        var outside = voxels.IndexOfAnyExceptInRange(0, ushort.MaxValue);
        if (outside >= 0)
        {
            throw new InvalidDataException($"npz '{name}': label {voxels[outside]}; expected labels from 0 to {ushort.MaxValue}. Renumber them.");
        }

        var labels = new ushort[voxels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = (ushort)voxels[i];
        }

        return labels;
    }
}
