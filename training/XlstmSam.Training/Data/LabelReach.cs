using System.Globalization;
using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>Which labels a model can be asked for: those that are large enough on its grid, wherever in the scan they lie.</summary>
/// <param name="Labels">Labels that were looked at, each case's by themselves.</param>
/// <param name="Unreached">Those that are smaller on the grid than training takes.</param>
/// <param name="Cases">Cases with such labels.</param>
public sealed record LabelReach(int Labels = 0, int Unreached = 0, int Cases = 0)
{
    /// <summary>One sentence where labels cannot be reached; null where all can.</summary>
    /// <param name="minimumVoxels">The fewest voxels on the grid that training takes.</param>
    public string? Sentence(ModelConfig model, int minimumVoxels)
    {
        var spacing = model.Spacing == 0 ? "the scan's own spacing" : string.Create(CultureInfo.InvariantCulture, $"{model.Spacing} mm");
        return Unreached == 0 ? null
            : $"{Unreached} of {Labels} labels, in {Cases} cases, have fewer than {minimumVoxels} voxels on the model's grid of {string.Join("x", model.Size)} "
                + $"at {spacing}: they are too small to be learned or found. A finer spacing or a lower minimumVoxels reaches more of them.";
    }

    /// <summary>This and the labels of one more case.</summary>
    public LabelReach With(PreparedCase prepared, ModelConfig model, int minimumVoxels)
    {
        if (prepared.Labels is not { } labels)
        {
            return this;
        }

        var spacing = prepared.Scan.Image.Geometry.Spacing;
        var cell = model.Spacing == 0 ? spacing.X * spacing.Y * spacing.Z : model.Spacing * model.Spacing * model.Spacing;
        var voxel = spacing.X * spacing.Y * spacing.Z / cell;
        var counts = new int[ushort.MaxValue + 1];
        foreach (var label in labels.Voxels)
        {
            counts[label]++;
        }

        var small = prepared.Foreground.Count(label => counts[label] * voxel < minimumVoxels);
        return new(Labels + prepared.Foreground.Count, Unreached + small, Cases + (small > 0 ? 1 : 0));
    }
}
