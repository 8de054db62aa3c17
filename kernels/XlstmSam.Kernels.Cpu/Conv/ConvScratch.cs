namespace XlstmSam.Kernels.Cpu;

/// <summary>How much scratch memory convolutions borrow at once, in bytes: an upper bound per geometry.</summary>
internal static class ConvScratch
{
    // Partial sums of a weight gradient take this much, or one weight each if there are fewer.
    private const long DirectPartials = 16 << 20;

    public static long Of(in Conv3dGeometry g, int threads, ConvMethod method)
    {
        var bytes = Direct(g.Kernel, g.Cin, g.Cout, Math.Max(g.In.W, g.Out.W), threads);
        foreach (var isWeightGradient in (ReadOnlySpan<bool>)[false, true])
        {
            var algorithm = ConvAlgorithmChoice.Choose(g, method, isWeightGradient);
            bytes = Math.Max(bytes, (algorithm, isWeightGradient) switch
            {
                (ConvAlgorithm.Winograd222, false) => Math.Max(
                    Winograd<WinogradF2, WinogradF2>(g, g.Out, threads), Winograd<WinogradF2, WinogradF2>(g, g.In, threads)),
                (ConvAlgorithm.Winograd222, true) => WinogradGradient<WinogradF2, WinogradF2>(g, threads),
                (ConvAlgorithm.Winograd244, false) => Math.Max(
                    Winograd<WinogradF2, WinogradF4>(g, g.Out, threads), Winograd<WinogradF2, WinogradF4>(g, g.In, threads)),
                (ConvAlgorithm.Winograd244, true) => WinogradGradient<WinogradF2, WinogradF4>(g, threads),
                (ConvAlgorithm.WinogradStride2, false) => Math.Max(
                    Winograd<WinogradStride2, WinogradStride2>(g, g.Out, threads),
                        Winograd<WinogradStride2Transposed, WinogradStride2Transposed>(g, g.In, threads)),
                (ConvAlgorithm.WinogradStride2, true) => WinogradGradient<WinogradStride2, WinogradStride2>(g, threads),
                _ => 0,
            });
        }

        return bytes;
    }

    /// <summary>Of direct sums: packed weights or partial sums of their gradient, and the rows that each thread unfolds.</summary>
    public static long Direct(Extent3 kernel, int cin, int cout, int width, int threads)
    {
        var packed = sizeof(float) * kernel.Count * PaddedProducts(cin, cout);
        var row = sizeof(float) * kernel.D * (kernel.H + 1L) * (width + kernel.W) * Math.Max(cin, cout);
        return Math.Max(packed, DirectPartials) + (threads * row);
    }

    /// <summary>Transformed weights, and transformed inputs and results of the blocks in work.</summary>
    private static long Winograd<TDepth, TAxis>(in Conv3dGeometry g, Extent3 results, int threads)
        where TDepth : struct, IWinogradDepth
        where TAxis : struct, IWinogradAxis
    {
        var widest = Math.Max(g.Cin, g.Cout);
        var slots = WinogradPlane<TAxis>.Inputs + WinogradPlane<TAxis>.Sums;
        var tiles = Tiles<TDepth, TAxis>(g.N, results);
        var weights = WinogradWeight<TDepth, TAxis>.Count * (PaddedProducts(g.Cin, g.Cout) + 32);
        var ticket = Slots(WinogradTiles.OfBlock, widest, slots) + (2L * TAxis.Patch * TAxis.Patch * widest) + ((long)TAxis.Outputs * TAxis.Outputs * widest)
            + (27L * widest * Panels.Width);
        var shared = Slots((int)Math.Min(WinogradTiles.OfSharedBlock, tiles), widest, slots);
        return sizeof(float) * (weights + shared + TileMoments.Length(tiles, g.Cout) + (threads * ticket));
    }

    private static long WinogradGradient<TDepth, TAxis>(in Conv3dGeometry g, int threads)
        where TDepth : struct, IWinogradDepth
        where TAxis : struct, IWinogradAxis
    {
        var widest = Math.Max(g.Cin, g.Cout);
        var slots = WinogradPlane<TAxis>.Inputs + WinogradPlane<TAxis>.Sums;
        var length = (long)WinogradWeight<TDepth, TAxis>.Count * WinogradTiles.Slot(g.Cin, g.Cout);
        var tiles = Tiles<TDepth, TAxis>(g.N, g.Out);
        var partials = WinogradTiles.Partials(tiles, length);
        return sizeof(float) * ((length * partials) + (threads * (Slots(WinogradTiles.OfGradientBlock(tiles), widest, slots)
            + (2L * TAxis.Patch * TAxis.Patch * widest))));
    }

    private static long PaddedProducts(int cin, int cout) => Math.Max((long)cin * Panels.Count(cout), (long)cout * Panels.Count(cin)) * Panels.Width;

    private static long Slots(int tiles, int channels, long points) => (((long)tiles * channels) + 32) * points;

    private static long Tiles<TDepth, TAxis>(int batch, Extent3 results)
        where TDepth : struct, IWinogradDepth
        where TAxis : struct, IWinogradAxis =>
        batch * Along(results.D, TDepth.Outputs) * Along(results.H, TAxis.Outputs) * Along(results.W, TAxis.Outputs);

    private static long Along(int size, int tile) => (size + tile - 1) / tile;
}
