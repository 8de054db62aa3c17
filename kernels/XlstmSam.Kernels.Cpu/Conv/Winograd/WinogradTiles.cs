namespace XlstmSam.Kernels.Cpu;

/// <summary>How many tiles are transformed together, and how they lie in memory.</summary>
internal static class WinogradTiles
{
    /// <summary>Tiles that one thread transforms at a time.</summary>
    public const int OfBlock = 48;

    /// <summary>Tiles that all threads transform together where there are few.</summary>
    public const int OfSharedBlock = 768;

    private const int FewTiles = 64;
    private const long PartialFloats = 16 << 20;
    private const int MostPartials = 16;

    /// <summary>
    /// Floats from one point of a block to the next: an odd number of cache lines, so that the same tile of different points does not compete for
    /// the same places of the cache.
    /// </summary>
    public static nint Slot(int tiles, int channels) => ((((nint)tiles * channels) + 15) & ~15) | 16;

    /// <summary>Tiles that a gradient of the weight takes at a time: all where there are few, for then its sums are the larger part of the traffic.</summary>
    public static int OfGradientBlock(long tiles) => tiles <= FewTiles ? FewTiles : OfBlock;

    /// <summary>Over how many sums of so many floats a gradient of the weight is spread.</summary>
    public static int Partials(long tiles, long length)
    {
        var blocks = (tiles + OfGradientBlock(tiles) - 1) / OfGradientBlock(tiles);
        return (int)Math.Min(blocks, Math.Clamp(PartialFloats / length, 1, MostPartials));
    }
}

/// <summary>How a minimal convolution cuts the results of a pass into tiles. Tiles that are neighbours along the width have consecutive numbers.</summary>
internal readonly struct WinogradTiles<TDepth, TAxis>(int batch, ConvAxis depth, ConvAxis height, ConvAxis width)
    where TDepth : struct, IWinogradDepth
    where TAxis : struct, IWinogradAxis
{
    public ConvAxis D => depth;

    public ConvAxis H => height;

    public ConvAxis W => width;

    public long Count => batch * Along<TDepth>(depth) * Along<TAxis>(height) * Along<TAxis>(width);

    /// <summary>The sample and the first result of a tile.</summary>
    public (int N, int D, int H, int W) Results(long tile)
    {
        var (n, d, h, w) = this[tile];
        return (n, d * TDepth.Outputs, h * TAxis.Outputs, w * TAxis.Outputs);
    }

    /// <summary>The sample and the first input of a tile.</summary>
    public (int N, int D, int H, int W) Patch(long tile)
    {
        var (n, d, h, w) = this[tile];
        return (n, (d * TDepth.Step) + depth.InOrigin, (h * TAxis.Step) + height.InOrigin, (w * TAxis.Step) + width.InOrigin);
    }

    private (int N, int D, int H, int W) this[long tile]
    {
        get
        {
            var (rest, w) = Math.DivRem(tile, Along<TAxis>(width));
            (rest, var h) = Math.DivRem(rest, Along<TAxis>(height));
            var (n, d) = Math.DivRem(rest, Along<TDepth>(depth));
            return ((int)n, (int)d, (int)h, (int)w);
        }
    }

    private static long Along<T>(in ConvAxis axis)
        where T : struct, IWinogradAxis => (axis.Count + T.Outputs - 1) / T.Outputs;
}
