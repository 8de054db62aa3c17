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
    public static PromptBatch None(int batch) => new(batch, 0, [], []);

    public bool IsEmpty => PointsPerItem == 0 && Boxes is null;
}
