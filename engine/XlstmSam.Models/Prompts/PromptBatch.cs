using XlstmSam.Engine;

namespace XlstmSam.Models;

/// <summary>
/// The sparse prompts of a batch, in grid voxels along the model's array axes. Every item has the same number of points.
/// Labels: 1 positive, 0 negative, -1 padding. A box is two opposite corners.
/// </summary>
/// <param name="Points">(Batch, PointsPerItem, 3), or empty.</param>
/// <param name="Labels">(Batch, PointsPerItem).</param>
/// <param name="Boxes">(Batch, 6): first corner, second corner; or null.</param>
public sealed record PromptBatch(int Batch, int PointsPerItem, float[] Points, int[] Labels, float[]? Boxes = null)
{
    /// <summary>No clicks and no boxes.</summary>
    public static PromptBatch None(int batch) => new(batch, 0, [], []);

    /// <summary>Whether there is neither a click nor a box.</summary>
    public bool IsEmpty => PointsPerItem == 0 && Boxes is null;

    /// <summary>What distinguishes the shapes and parameters of one batch's pass from another's.</summary>
    public string Signature => $"{Batch} prompts of {PointsPerItem} points{(HasPadding ? ", some padding" : "")}, {(Boxes is null ? "no" : "a")} box";

    private bool HasPadding => Labels.Contains(PromptTable.Padding);

    /// <summary>The prompts on the device, or null without any.</summary>
    public PromptTokens? Upload(Tape tape)
    {
        if (IsEmpty)
        {
            return null;
        }

        var table = new PromptTable(Batch, PointsPerItem, Boxes);
        for (var point = 0; point < Labels.Length; point++)
        {
            table.Set(point / PointsPerItem, point % PointsPerItem, Points.AsSpan(3 * point, 3), Labels[point]);
        }

        return table.VisiblePrompts(table.Upload(tape), 0, PointsPerItem, withBoxes: Boxes is not null, hasPadding: HasPadding);
    }
}
