namespace XlstmSam.Kernels.Cpu;

internal enum ConvAlgorithm
{
    /// <summary>A plain matrix product: one tap, step 1.</summary>
    Product,

    /// <summary>Products of padded rows.</summary>
    Direct,

    /// <summary>Winograd's F(2,2,2).</summary>
    Winograd222,

    /// <summary>Winograd's F(2,4,4).</summary>
    Winograd244,

    /// <summary>Winograd's F(2,2) of the outer taps along each axis, for step 2.</summary>
    WinogradStride2,
}

/// <summary>
/// The algorithm of a convolution, from its geometry and the method alone: the one that takes the least work, counted in products of a
/// register tile. What the counts leave out was fitted to measurements from 4 to 128 voxels a side and 16 to 384 channels.
/// </summary>
internal static class ConvAlgorithmChoice
{
    /// <summary>A direct sum runs at this share of the speed of Winograd's products.</summary>
    private const double DirectSpeed = 0.8;

    /// <summary>Transforming one channel of one tile costs as much as so many products a point.</summary>
    private const double ProductsOfTransform = 12;

    /// <summary>
    /// Transforming the weight of one point costs as much as the products of so many tiles: more where the transformed weights leave the cache.
    /// </summary>
    private const double TilesOfWeight = 15;
    private const double TilesOfLargeWeight = 60;
    private const long LargeWeight = 64 * 64; // products of channels

    public static ConvAlgorithm Choose(in Conv3dGeometry g, ConvMethod method, bool isWeightGradient)
    {
        var one = Extent3.Cube(1);
        if (g.Kernel == one && g.Stride == one && g.Padding == default && g.N * g.In.Count <= int.MaxValue)
        {
            return ConvAlgorithm.Product;
        }

        var hasTiles = (g.Stride == one && g.Padding is { D: <= 2, H: <= 2, W: <= 2 }) || (g.Stride == Extent3.Cube(2) && g.Padding == one);
        var isWinograd = hasTiles && g.Kernel == Extent3.Cube(3) && g.Cin % RegisterLoop.Unit == 0 && g.Cout % RegisterLoop.Unit == 0;
        if (!isWinograd || method == ConvMethod.Direct || (method == ConvMethod.Strict && (isWeightGradient || g.Stride != one)))
        {
            return ConvAlgorithm.Direct;
        }

        if (method == ConvMethod.Winograd)
        {
            return g.Stride == one ? ConvAlgorithm.Winograd244 : ConvAlgorithm.WinogradStride2;
        }

        var direct = g.Cout < Panels.Width || g.Cin < Panels.Width ? 0 : g.N * g.Out.Count * 27 * (double)g.Cin * g.Cout / DirectSpeed;
        if (g.Stride != one)
        {
            return Work<WinogradStride2, WinogradStride2>(g) < direct ? ConvAlgorithm.WinogradStride2 : ConvAlgorithm.Direct;
        }

        var (small, large) = (Work<WinogradF2, WinogradF2>(g), Work<WinogradF2, WinogradF4>(g));
        var (winograd, work) = method == ConvMethod.Auto && large < small ? (ConvAlgorithm.Winograd244, large) : (ConvAlgorithm.Winograd222, small);
        return work < direct ? winograd : ConvAlgorithm.Direct;
    }

    private static double Work<TDepth, TAxis>(in Conv3dGeometry g)
        where TDepth : struct, IWinogradDepth
        where TAxis : struct, IWinogradAxis
    {
        var tiles = (double)g.N * Tiles(g.Out.D, TDepth.Outputs) * Tiles(g.Out.H, TAxis.Outputs) * Tiles(g.Out.W, TAxis.Outputs);
        var points = TDepth.Products * TAxis.Products * TAxis.Products;
        var products = (double)g.Cin * g.Cout;
        var weights = WinogradWeight<TDepth, TAxis>.Count * (products > LargeWeight ? TilesOfLargeWeight : TilesOfWeight);
        return (((tiles * points) + weights) * products) + (tiles * points * ProductsOfTransform * (g.Cin + g.Cout));
    }

    private static int Tiles(int size, int side) => (size + side - 1) / side;
}
