namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// How F(2, m, m) cuts the results of a pass into tiles of 2 x m x m. The four points of the depth are four slices that are computed one
/// after another: each combines two planes of the input, multiplies at its points of the plane, and adds to the two planes of results.
/// </summary>
internal readonly unsafe struct WinogradTiles(int batch, ConvAxis depth, ConvAxis height, ConvAxis width, int plane)
{
    public const int Slices = 4;
    public const int Depth = 2;

    /// <summary>Tiles that one thread transforms at a time.</summary>
    public const int OfBlock = 48;

    /// <summary>Tiles that all threads transform together where there are few.</summary>
    public const int OfSharedBlock = 768;

    /// <summary>Input slice s is plane First + Factor times plane Second, of the four that a tile reads.</summary>
    public static (int First, int Second, float Factor) InputPlanes(int slice) => slice switch
    {
        0 => (0, 2, -1),
        1 => (2, 1, 1),
        2 => (2, 1, -1),
        _ => (1, 3, -1),
    };

    /// <summary>Slice s of a gradient of results is plane First + Factor times plane Second, of two.</summary>
    public static (int First, int Second, float Factor) GradientPlanes(int slice) => slice switch
    {
        0 => (0, 0, 0),
        1 => (0, 1, 1),
        2 => (0, 1, -1),
        _ => (1, 1, -2),
    };

    /// <summary>What slice s contributes to plane 0 or 1 of the results.</summary>
    public static int OutputSign(int slice, int plane) => plane == 0 ? (slice < 3 ? 1 : 0) : (slice == 0 ? 0 : slice == 1 ? 1 : -1);

    /// <summary>
    /// Floats from one point of a block to the next: an odd number of cache lines, so that the same tile of different points does not compete for
    /// the same places of the cache.
    /// </summary>
    public static nint Slot(int tiles, int channels) => ((((nint)tiles * channels) + 15) & ~15) | 16;

    public int Batch => batch;

    public ConvAxis D => depth;

    public ConvAxis H => height;

    public ConvAxis W => width;

    /// <summary>m, the side of a tile in the plane.</summary>
    public int Plane => plane;

    public long Count => (long)batch * AlongDepth * AlongHeight * AlongWidth;

    private int AlongDepth => (depth.Count + Depth - 1) / Depth;

    private int AlongHeight => (height.Count + plane - 1) / plane;

    private int AlongWidth => (width.Count + plane - 1) / plane;

    /// <summary>The sample and the first result of tile number t; tiles that are neighbours along the width have consecutive numbers.</summary>
    public (int N, int D, int H, int W) this[long tile]
    {
        get
        {
            var (rest, w) = Math.DivRem(tile, AlongWidth);
            (rest, var h) = Math.DivRem(rest, AlongHeight);
            var (n, d) = Math.DivRem(rest, AlongDepth);
            return ((int)n, (int)d * Depth, (int)h * plane, (int)w * plane);
        }
    }
}
