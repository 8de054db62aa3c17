using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Writes a tile whose first element is (Row, Column) of a matrix.</summary>
internal struct PlacedRows(WeightedRows rows, int row, int column) : ITileTarget
{
    public WeightedRows Rows = rows;
    public int Row = row;
    public int Column = column;

    public readonly void Put(int row, int column, float value)
    {
        if (Row + row < Rows.Count && Column + column < Rows.Width)
        {
            Rows.Data[Rows.Start + ((Row + row) * Rows.Step) + Column + column] = value;
        }
    }
}

/// <summary>Adds a tile to the part of a matrix that begins at (Row, Column), if there is a matrix.</summary>
internal struct AddedRows(WeightedRows rows, int row, int column) : ITileTarget
{
    public WeightedRows Rows = rows;
    public int Row = row;
    public int Column = column;

    public readonly void Put(int row, int column, float value)
    {
        if (Row + row < Rows.Count && Column + column < Rows.Width && Rows.Data.Length > 0)
        {
            Rows.Data[Rows.Start + ((Row + row) * Rows.Step) + Column + column] += value;
        }
    }
}

/// <summary>Into a tile in shared memory, for use as a left operand: element (row, column) at row RowStride + column ColumnStride.</summary>
internal struct SharedTile(ArrayView<float> tile, int rowStride, int columnStride) : ITileTarget
{
    public ArrayView<float> Elements = tile;
    public int RowStride = rowStride;
    public int ColumnStride = columnStride;

    public readonly void Put(int row, int column, float value) => Elements[(row * RowStride) + (column * ColumnStride)] = value;
}

/// <summary>Every row times a factor from shared memory.</summary>
internal struct RowFactors(ArrayView<float> factors) : ITileMap
{
    public ArrayView<float> Factors = factors;

    public readonly float At(int row, int column, float a, float b) => a * Factors[row];
}
