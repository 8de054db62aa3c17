namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Several rows of a narrow array seen as one, so that registers are full for any number of columns: values per column repeat along the
/// tile, sums per tile column are folded. Arrays of 128 columns and more are their own tile.
/// </summary>
internal readonly unsafe struct RepeatedRow
{
    /// <summary>No tile that repeats its columns is wider.</summary>
    public const int WidestRepeat = Lanes * WideEnough;

    private const int Lanes = 8;
    private const int WideEnough = 128;
    private const int Unrolled = 4 * Lanes;

    public RepeatedRow(int columns)
    {
        Columns = columns;
        Width = columns;
        if (columns < WideEnough)
        {
            while (Width % Lanes != 0 || Width < Unrolled)
            {
                Width += columns;
            }
        }
    }

    public int Columns { get; }

    /// <summary>A multiple of Columns, and of the lanes of a register unless the array is wide.</summary>
    public int Width { get; }

    /// <summary>tile[w] = values[w mod Columns].</summary>
    public void Expand(float* values, float* tile)
    {
        new ReadOnlySpan<float>(values, Columns).CopyTo(new(tile, Columns));
        Repeat(tile);
    }

    /// <summary>Repeats the first Columns entries along the tile.</summary>
    public void Repeat(float* tile)
    {
        for (var w = Columns; w < Width; w++)
        {
            tile[w] = tile[w - Columns];
        }
    }

    public void Clear(double* sums) => new Span<double>(sums, Width).Clear();

    /// <summary>The first Columns entries become the sums over the repeats.</summary>
    public void Fold(double* sums)
    {
        for (var w = Columns; w < Width; w += Columns)
        {
            for (var c = 0; c < Columns; c++)
            {
                sums[c] += sums[w + c];
            }
        }
    }
}
