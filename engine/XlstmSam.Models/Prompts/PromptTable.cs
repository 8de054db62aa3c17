using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>
/// The prompts of all passes that share a table on the device, (B, Entries, 4): voxel along the array axes and label. A row has its points, one
/// entry of padding and, where there are boxes, the two corners of its box.
/// </summary>
public sealed class PromptTable
{
    internal const int Padding = -1;
    private const int Negative = 0;
    private const int Positive = 1;
    private const int FirstCorner = 2;
    internal const int SecondCorner = 3;

    private readonly int batch;
    private readonly int points;
    private readonly int entries;
    private readonly float[] values;

    /// <param name="points">Points of a row; those that kernels write need not be set.</param>
    /// <param name="boxes">(B, 6): first corner, second corner; or null.</param>
    public PromptTable(int batch, int points, float[]? boxes)
    {
        (this.batch, this.points, entries) = (batch, points, points + (boxes is null ? 1 : 3));
        values = new float[4 * batch * entries];
        for (var row = 0; row < batch; row++)
        {
            Write(row, points, [0, 0, 0], Padding);
            for (var corner = 0; corner < 2 && boxes is not null; corner++)
            {
                Write(row, points + 1 + corner, boxes.AsSpan((6 * row) + (3 * corner), 3), FirstCorner + corner);
            }
        }
    }

    /// <param name="label">1 positive, 0 negative, -1 padding.</param>
    public void Set(int row, int point, ReadOnlySpan<float> voxel, int label)
    {
        if (label is < Padding or > Positive)
        {
            throw new ArgumentException($"PromptTable: point {point} of prompt {row} has label {label}; expected 1 (positive), 0 (negative) or -1 (padding).");
        }

        Write(row, point, voxel, label);
    }

    /// <summary>Takes the table to the device, (B, entries, 4).</summary>
    public Tensor Upload(Tape tape) => tape.From(new(batch, entries, 4), values);

    /// <summary>What a decoder pass sees of an uploaded table: points, then the box, or without it the padding.</summary>
    /// <param name="hasPadding">Whether a point may be padding.</param>
    public PromptTokens VisiblePrompts(Tensor table, int first, int count, bool withBoxes, bool hasPadding = false) => withBoxes
        ? new(table, new PointWindow(first, count, points + 1, 2), hasPadding ? Padding : count > 0 ? Negative : FirstCorner, SecondCorner)
        : new(table, new PointWindow(first, count, points, 1), Padding, Positive);

    private void Write(int row, int entry, ReadOnlySpan<float> voxel, int label)
    {
        var at = 4 * ((row * entries) + entry);
        voxel.CopyTo(values.AsSpan(at, 3));
        values[at + 3] = label;
    }
}
