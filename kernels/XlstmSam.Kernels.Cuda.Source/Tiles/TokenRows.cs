using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Puts a slab of a product into shared memory: element (k, x) at k <see cref="Tile.Stride"/> + x, zeros beyond the operand.</summary>
internal interface ITileOperand
{
    /// <param name="k">The first summed index; a slab has <see cref="Tile.Depth"/>.</param>
    void Load(ArrayView<float> slab, int k);
}

/// <summary>
/// A matrix in global memory: row r begins at element Start + r Step and counts Factor Weights[FirstWeight + r] times, Factor times if there are
/// no weights.
/// </summary>
internal struct TokenRows
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
    public readonly TokenRows From(int row)
    {
        var rows = this;
        (rows.Start, rows.Count, rows.FirstWeight) = (Start + (row * Step), Count - row, FirstWeight + row);
        return rows;
    }

    public readonly TokenRows Weighted(ArrayView<float> weights, long first, float factor = 1)
    {
        var rows = this;
        (rows.Weights, rows.FirstWeight, rows.Factor) = (weights, first, factor);
        return rows;
    }
}

/// <summary>The sum runs over rows; x counts columns from Column.</summary>
internal struct OverRows(TokenRows rows, int column) : ITileOperand
{
    public TokenRows Rows = rows;
    public int Column = column;

    public readonly void Load(ArrayView<float> slab, int k)
    {
        var (x, first) = (Group.IdxX & (Tile.Size - 1), Group.IdxX / Tile.Size);
        for (var i = 0; i < Tile.Depth; i += Tile.BlockSize / Tile.Size)
        {
            var (row, column) = (k + first + i, Column + x);
            slab[((first + i) * Tile.Stride) + x] = row < Rows.Count && column < Rows.Width ? Rows.Data[Rows.Start + (row * Rows.Step) + column] * Rows.Weight(row) : 0;
        }
    }
}

/// <summary>The sum runs over columns; x counts rows from Row.</summary>
internal struct OverColumns(TokenRows rows, int row) : ITileOperand
{
    private const int Run = Tile.Depth * Tile.Size / Tile.BlockSize;
    public TokenRows Rows = rows;
    public int Row = row;

    public readonly void Load(ArrayView<float> slab, int k)
    {
        // Neighbouring threads take neighbouring rows: their stores meet no common bank, and the columns they leave are in the cache for the others.
        var (x, first) = (Group.IdxX & (Tile.Size - 1), Group.IdxX / Tile.Size * Run);
        var row = Row + x;
        var isInside = row < Rows.Count;
        var weight = isInside ? Rows.Weight(row) : 0;
        for (var i = first; i < first + Run; i++)
        {
            slab[(i * Tile.Stride) + x] = isInside && k + i < Rows.Width ? Rows.Data[Rows.Start + (row * Rows.Step) + k + i] * weight : 0;
        }
    }
}
