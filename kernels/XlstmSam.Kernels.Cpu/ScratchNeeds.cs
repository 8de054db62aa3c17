namespace XlstmSam.Kernels.Cpu;

/// <summary>How much scratch memory kernels borrow at once, for plans: an upper bound per geometry.</summary>
internal static unsafe class ScratchNeeds
{
    // Sums per column and block, and the cuts of long products: less for any shape of the networks here.
    private const long Common = 4 << 20;

    // Panels, halos and tiles of one ticket.
    private const long PerThread = 2 << 20;

    // Partial sums of a weight gradient take this much, or one weight each if there are fewer.
    private const long DirectPartials = 16 << 20;

    public static long Of(IGeometry geometry, int threads, ConvMethod method)
    {
        var own = geometry switch
        {
            Conv3dGeometry g => Convolution(g, threads, method),
            ConvTranspose3dGeometry g => Direct(Extent3.Cube(2), g.Cin, g.Cout, g.Out.W, threads),
            MlstmScanGeometry g => Scan(g, threads),
            Resample3dGeometry g => sizeof(float) * (long)g.N * Math.Max(g.In.D, g.Out.D) * Math.Max(g.In.H, g.Out.H) * Math.Max(g.In.W, g.Out.W) * g.C,
            ReductionGeometry g => Sums.ScratchBytes(g),
            _ => 0,
        };
        var exact = own + Common + (threads * PerThread);
        return exact + (exact / 8); // what Scratch.Rounded may add
    }

    private static long Convolution(in Conv3dGeometry g, int threads, ConvMethod method)
    {
        var bytes = Direct(g.Kernel, g.Cin, g.Cout, Math.Max(g.In.W, g.Out.W), threads);
        foreach (var isWeightGradient in (ReadOnlySpan<bool>)[false, true])
        {
            var algorithm = ConvTable.Choose(g, method, isWeightGradient);
            if (algorithm is ConvAlgorithm.Winograd222 or ConvAlgorithm.Winograd244)
            {
                var plane = algorithm == ConvAlgorithm.Winograd244 ? 4 : 2;
                bytes = Math.Max(bytes, isWeightGradient ? WinogradGradient(g, plane, threads) : Winograd(g, plane, threads));
            }
        }

        return bytes;
    }

    private static long Direct(Extent3 kernel, int cin, int cout, int width, int threads)
    {
        var packed = sizeof(float) * kernel.Count * PaddedProducts(cin, cout);
        var row = sizeof(float) * kernel.D * (kernel.H + 1L) * (width + kernel.W) * Math.Max(cin, cout);
        return Math.Max(packed, DirectPartials) + (threads * row);
    }

    /// <summary>Transformed weights, and transformed inputs and results of the blocks in work.</summary>
    private static long Winograd(in Conv3dGeometry g, int plane, int threads)
    {
        var (points, widest) = ((plane + 2L) * (plane + 2), Math.Max(g.Cin, g.Cout));
        var weights = WinogradTiles.Slices * points * PaddedProducts(g.Cin, g.Cout);
        var ticket = Slots(WinogradTiles.OfBlock, widest, points + 1) + (2 * points * widest) + ((long)plane * plane * widest) + (27L * widest * Panels.Width);
        var shared = 2 * Slots((int)Math.Min(WinogradTiles.OfSharedBlock, Tiles(g, plane)), widest, points);
        var moments = TileMoments.Length(Tiles(g, plane), g.Cout);
        return sizeof(float) * (weights + shared + moments + (threads * ticket));
    }

    private static long WinogradGradient(in Conv3dGeometry g, int plane, int threads)
    {
        var (points, widest) = ((plane + 2L) * (plane + 2), Math.Max(g.Cin, g.Cout));
        var length = WinogradTiles.Slices * points * g.Cin * g.Cout;
        var blocks = (Tiles(g, plane) + WinogradTiles.OfBlock - 1) / WinogradTiles.OfBlock;
        var partials = Math.Min(blocks, Math.Clamp(WinogradWeightPass<WinogradF4>.PartialFloats / length, 1, WinogradWeightPass<WinogradF4>.MostPartials));
        return sizeof(float) * ((length * partials) + (threads * ((2 * Slots(WinogradTiles.OfBlock, widest, points)) + (2 * points * widest))));
    }

    private static long PaddedProducts(int cin, int cout) => Math.Max((long)cin * Panels.Count(cout), (long)cout * Panels.Count(cin)) * Panels.Width;

    private static long Slots(int tiles, int channels, long points) => (((long)tiles * channels) + 32) * points;

    private static long Tiles(in Conv3dGeometry g, int plane) =>
        g.N * Along(Math.Max(g.In.D, g.Out.D), WinogradTiles.Depth) * Along(Math.Max(g.In.H, g.Out.H), plane) * Along(Math.Max(g.In.W, g.Out.W), plane);

    private static long Along(int size, int tile) => (size + tile - 1) / tile;

    private static long Scan(in MlstmScanGeometry geometry, int threads)
    {
        var first = MlstmSequence.At(geometry, null, 0);
        var chunk = Math.Max(MlstmForwardChunk.ScratchBytes(first), MlstmBackwardChunk.ScratchBytes(first));
        return (sizeof(float) * geometry.B * geometry.Heads * MlstmGradients.WorkingLength(geometry)) + (threads * chunk);
    }
}
