using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The tiles of one chunk, the products of lower triangular tiles, which skip what lies above the diagonal, and what is done to whole tiles
/// between products. Rows of tiles hold whole panels and lie an odd number of cache lines apart, so that a column of rows spreads over the
/// cache; operands, whose rows often lie a power of two apart, are copied into tiles wherever a product reads a column of their rows.
/// </summary>
internal static unsafe class MlstmTiles
{
    private const int Lanes = 8;
    private const int Band = 16;

    public static int Padded(int columns) => (columns + Panels.Width - 1) / Panels.Width * Panels.Width;

    /// <summary>From a row of a tile to the next.</summary>
    public static int Stride(int columns) => Padded(columns) | Panels.Width;

    /// <summary>tile (length, columns) = rows of the chunk, each times its factor if there are any.</summary>
    public static void Rows(float* tile, in MlstmScanLayout scan, int chunk, float* source, int first, int columns, float* factors = null)
    {
        int stride = Stride(columns), padded = Padded(columns);
        source += scan.Row(scan.Start(chunk)) + first;
        for (var t = 0; t < scan.Length(chunk); t++, tile += stride, source += scan.Step.Row)
        {
            var factor = Vector256.Create(factors is null ? 1 : factors[t]);
            var c = 0;
            for (; c + Lanes <= columns; c += Lanes)
            {
                (factor * Vector256.Load(source + c)).Store(tile + c);
            }

            for (; c < padded; c++)
            {
                tile[c] = c < columns ? factor[0] * source[c] : 0;
            }
        }
    }

    /// <summary>tile (columns, length) = the transposed rows of the chunk, zeros up to whole panels.</summary>
    public static void Transposed(float* tile, in MlstmScanLayout scan, int chunk, float* source)
    {
        int length = scan.Length(chunk), stride = Stride(length);
        source += scan.Row(scan.Start(chunk));

        // Eight rows at a time: more of them than that, a power of two apart, push each other out of the cache.
        for (var row = 0; row < length; row += Lanes)
        {
            SquareTranspose.Run(source + (row * scan.Step.Row), (nint)scan.Step.Row, tile + row, stride, Math.Min(Lanes, length - row), scan.HeadSize);
        }

        ClearBeyond(tile, length, scan.HeadSize);
    }

    public static void Transpose(float* tile, float* source, long step, int rows, int columns)
    {
        SquareTranspose.Run(source, (nint)step, tile, Stride(rows), rows, columns);
        ClearBeyond(tile, rows, columns);
    }

    /// <summary>scores (length, length) = a (length, k) b (k, length), at least where column ≤ row.</summary>
    public static void Scores(float* scores, float* a, long aStep, float* b, int length, int k, RowPrefetch* ahead)
    {
        var stride = Stride(length);
        for (var row = 0; row < length; row += Band)
        {
            TileProduct.Multiply(
                scores + ((long)row * stride), stride, a + (row * aStep), aStep, 1, b, stride, Math.Min(Band, length - row), Columns(row, length),
                k, add: false, ahead);
        }
    }

    /// <summary>y (length, columns) = or += scores x for lower triangular scores.</summary>
    public static void Lower(float* y, long yStep, float* scores, float* x, int xStride, int length, int columns, bool add, RowPrefetch* ahead)
    {
        var stride = Stride(length);
        for (var row = 0; row < length; row += Band)
        {
            var rows = Math.Min(Band, length - row);
            TileProduct.Multiply(y + (row * yStep), yStep, scores + ((long)row * stride), stride, 1, x, xStride, rows, columns, row + rows, add, ahead);
        }
    }

    /// <summary>y (length, columns) += scoresᵀ x for lower triangular scores.</summary>
    public static void AddLowerTransposed(float* y, long yStep, float* scores, float* x, int xStride, int length, int columns, RowPrefetch* ahead)
    {
        var stride = Stride(length);
        for (var row = 0; row < length; row += Band)
        {
            var first = scores + ((long)row * stride) + row;
            TileProduct.Multiply(
                y + (row * yStep), yStep, first, 1, stride, x + ((long)row * xStride), xStride, Math.Min(Band, length - row), columns,
                length - row, add: true, ahead);
        }
    }

    /// <summary>The columns that a band of rows needs, in whole panels.</summary>
    public static int Columns(int row, int length) => Math.Min(Padded(length), Padded((row / Band * Band) + Band));

    /// <summary>target = factor source.</summary>
    public static void Scale(float* target, float* source, float factor, int count)
    {
        var scale = Vector256.Create(factor);
        for (var c = 0; c < count; c += Lanes)
        {
            (scale * Vector256.Load(source + c)).Store(target + c);
        }
    }

    /// <summary>sum += Σ_t factors[t] tile[t], over whole panels.</summary>
    public static void AddRows(float* sum, float* tile, int stride, int rows, int columns, float* factors)
    {
        for (var c = 0; c < columns; c += 2 * Lanes)
        {
            Vector256<float> left = Vector256.Load(sum + c), right = Vector256.Load(sum + c + Lanes);
            for (var t = 0; t < rows; t++)
            {
                var factor = Vector256.Create(factors[t]);
                var row = tile + ((long)t * stride) + c;
                left = Vector256.MultiplyAddEstimate(factor, Vector256.Load(row), left);
                right = Vector256.MultiplyAddEstimate(factor, Vector256.Load(row + Lanes), right);
            }

            left.Store(sum + c);
            right.Store(sum + c + Lanes);
        }
    }

    private static void ClearBeyond(float* transposed, int rows, int columns)
    {
        int stride = Stride(rows), padded = Padded(rows);
        for (var c = 0; c < columns && rows < padded; c++)
        {
            new Span<float>(transposed + ((long)c * stride) + rows, padded - rows).Clear();
        }
    }
}
