namespace XlstmSam.Kernels.Cpu;

/// <summary>The tiles of one chunk, and the products of lower triangular tiles, which skip what lies above the diagonal.</summary>
internal static unsafe class MlstmTiles
{
    private const int Band = 16;

    /// <summary>v of a chunk with a one appended: the last column of every sum over v is then the sum over the keys, n.</summary>
    public static void Values(float* tile, in MlstmSequence scan, int chunk, float* v)
    {
        TilePacking.Rows(tile, scan.Width, v + scan.Row(scan.Start(chunk)), scan.Step.Row, scan.Length(chunk), scan.HeadSize);
        for (var t = 0; t < scan.Length(chunk); t++)
        {
            tile[((long)t * scan.Width) + scan.HeadSize] = 1;
        }
    }

    public static void Rows(float* tile, in MlstmSequence scan, int chunk, float* source, float scale = 1) =>
        TilePacking.Rows(tile, TilePacking.Padded(scan.HeadSize), source + scan.Row(scan.Start(chunk)), scan.Step.Row, scan.Length(chunk), scan.HeadSize, scale);

    public static void Add(float* target, in MlstmSequence scan, int chunk, float* tile, int width, float scale)
    {
        if (target is not null)
        {
            TilePacking.Add(target + scan.Row(scan.Start(chunk)), scan.Step.Row, tile, width, scan.Length(chunk), scan.HeadSize, scale);
        }
    }

    /// <summary>scores (length, padded length) = a (length, k) b (k, padded length), at least where column ≤ row.</summary>
    public static void Scores(float* scores, float* a, int aWidth, float* b, int length, int k)
    {
        var width = TilePacking.Padded(length);
        for (var row = 0; row < length; row += Band)
        {
            TileProduct.Multiply(
                scores + ((long)row * width), width, a + ((long)row * aWidth), aWidth, 1, b, width, Math.Min(Band, length - row), Columns(row, length), k);
        }
    }

    /// <summary>y += scores x for lower triangular scores.</summary>
    public static void AddLower(float* y, float* scores, float* x, int xWidth, int length)
    {
        var width = TilePacking.Padded(length);
        for (var row = 0; row < length; row += Band)
        {
            var rows = Math.Min(Band, length - row);
            TileProduct.Multiply(y + ((long)row * xWidth), xWidth, scores + ((long)row * width), width, 1, x, xWidth, rows, xWidth, row + rows, add: true);
        }
    }

    /// <summary>y += scoresᵀ x for lower triangular scores.</summary>
    public static void AddLowerTransposed(float* y, float* scores, float* x, int xWidth, int length)
    {
        var width = TilePacking.Padded(length);
        for (var row = 0; row < length; row += Band)
        {
            var first = scores + ((long)row * width) + row;
            TileProduct.Multiply(
                y + ((long)row * xWidth), xWidth, first, 1, width, x + ((long)row * xWidth), xWidth, Math.Min(Band, length - row), xWidth, length - row, add: true);
        }
    }

    /// <summary>The columns that a band of rows needs, in whole vectors.</summary>
    public static int Columns(int row, int length) => Math.Min(TilePacking.Padded(length), (row / Band * Band) + Band);
}
