namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// How a product is cut into blocks; see <c>ProductKernels</c>. It follows from the shape alone, so that every card adds in the same order.
/// </summary>
internal readonly record struct ProductPlan
{
    private const int TileRows = 128;
    private const int StepLength = 16;

    // Blocks that keep a large card busy, and the terms that make a block worth its start.
    private const int EnoughBlocks = 256;
    private const int ShortestSlice = 128;

    // Sums over voxels have millions of terms: float sums of no more than so many are added up by compensated summation.
    private const int LongestSlice = 4096;

    /// <param name="isOverRows">The terms are voxels or rows, not channels.</param>
    public ProductPlan(int m, int n, int k, int batch, bool isOverRows)
    {
        TileColumns = n <= 32 ? 32 : n > 64 && (n - 1) % 128 >= 64 && BlocksOf(m, n, 128, batch) >= EnoughBlocks ? 128 : 64;
        Blocks = checked((int)BlocksOf(m, n, TileColumns, batch));
        var least = isOverRows ? Parts(k, LongestSlice) : 1;
        var wanted = Math.Min(EnoughBlocks / Math.Max(Blocks, 1), k / ShortestSlice);
        SliceLength = Math.Max(1, Parts(Parts(k, Math.Max(least, wanted)), StepLength)) * StepLength;
        Slices = Math.Max(1, Parts(k, SliceLength));
        PartialLength = Slices > 1 ? (long)Slices * batch * m * n : 0;
    }

    /// <summary>Columns of a block: 32, 64 or, where that wastes none and leaves enough blocks, 128.</summary>
    public int TileColumns { get; }

    public int Blocks { get; }

    public int SliceLength { get; }

    /// <summary>More than one need a second step over their partial sums.</summary>
    public int Slices { get; }

    public long PartialLength { get; }

    private static long BlocksOf(int m, int n, int columns, int batch) => (m + TileRows - 1L) / TileRows * ((n + columns - 1) / columns) * batch;

    private static int Parts(int n, int size) => (int)((n + (long)size - 1) / Math.Max(size, 1));
}
