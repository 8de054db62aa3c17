using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>The sum runs over rows; x counts columns from Column.</summary>
internal struct OverRows(WeightedRows rows, int column) : ITileOperand
{
    public WeightedRows Rows = rows;
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
internal struct OverColumns(WeightedRows rows, int row) : ITileOperand
{
    private const int Run = Tile.Depth * Tile.Size / Tile.BlockSize;
    public WeightedRows Rows = rows;
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
