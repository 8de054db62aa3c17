namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// How the threads of a grid share Samples matrices of (Rows, Columns), four neighbouring columns (a quad) to a thread. A block of 256 covers
/// Lanes quads side by side and Step rows at a time; block (x, y, z) has column group x, rows [Share y, Share (y + 1)) of sample z. All of it
/// follows from the shape, so that sums over rows have one order on every card.
/// </summary>
public readonly record struct QuadPlan
{
    public const int BlockSize = 256;

    // Enough blocks to fill a large card; rows of a thread: enough that its sum is worth a place in the second step, few enough to add in floats.
    private const int MostBlocks = 1024;
    private const int FewestRows = 8;
    private const int MostRows = 128;

    public QuadPlan(long rows, int columns, int samples)
    {
        var quads = (columns + 3) / 4;
        (Rows, Columns, Samples, Groups) = (rows, columns, samples, Math.Max(1, (quads + BlockSize - 1) / BlockSize));
        Lanes = Math.Max(1, (quads + Groups - 1) / Groups);
        Share = Step * Math.Clamp((rows * Groups * samples / ((long)Step * MostBlocks)) + 1, FewestRows, MostRows);
        Shares = (int)Math.Max(1, (rows + Share - 1) / Share);
    }

    public long Rows { get; }

    /// <summary>Rows of a block.</summary>
    public long Share { get; }

    public int Columns { get; }

    public int Samples { get; }

    /// <summary>Blocks side by side.</summary>
    public int Groups { get; }

    /// <summary>Quads of a block.</summary>
    public int Lanes { get; }

    /// <summary>Blocks one below the other.</summary>
    public int Shares { get; }

    /// <summary>Rows that a block takes at once.</summary>
    public int Step => BlockSize / Lanes;

    /// <summary>Floats for two sums of each column from every block.</summary>
    public long PairLength => 2L * Samples * Shares * Columns;
}
