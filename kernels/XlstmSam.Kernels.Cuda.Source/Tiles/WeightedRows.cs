using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// A matrix in global memory whose rows are scaled as they are read: row r begins at element Start + r Step and is multiplied with
/// Factor * Weights[FirstWeight + r], or with Factor alone if there are no weights.
/// </summary>
internal struct WeightedRows
{
    public ArrayView<float> Data;
    public long Start;
    public long Step;
    public int Count;
    public int Width;
    public float Factor;
    public ArrayView<float> Weights;
    public long FirstWeight;

    public readonly float Weight(int row) => Weights.Length > 0 ? Factor * Weights[FirstWeight + row] : Factor;

    public readonly float At(int row, int column) => row < Count && column < Width ? Data[Start + (row * Step) + column] : 0;

    /// <summary>The same without its first rows.</summary>
    public readonly WeightedRows From(int row)
    {
        var rows = this;
        (rows.Start, rows.Count, rows.FirstWeight) = (Start + (row * Step), Count - row, FirstWeight + row);
        return rows;
    }

    public readonly WeightedRows Weighted(ArrayView<float> weights, long first, float factor = 1)
    {
        var rows = this;
        (rows.Weights, rows.FirstWeight, rows.Factor) = (weights, first, factor);
        return rows;
    }
}
