namespace XlstmSam.Kernels.Cpu;

/// <summary>How much scratch memory kernels borrow at once, for plans: an upper bound per geometry.</summary>
internal static unsafe class ScratchNeeds
{
    // Sums per column and block, and the cuts of long products: less for any shape of the networks here.
    private const long Common = 4 << 20;

    // Panels, halos and tiles of one ticket.
    private const long PerThread = 2 << 20;

    // Partial sums of a weight gradient take this much or one weight.
    private const long PartialSums = 16 << 20;

    public static long Of(IGeometry geometry, int threads)
    {
        var own = geometry switch
        {
            Conv3dGeometry g => Convolution(g.Kernel, g.Cin, g.Cout, Math.Max(g.In.W, g.Out.W), threads),
            ConvTranspose3dGeometry g => Convolution(Extent3.Cube(2), g.Cin, g.Cout, g.Out.W, threads),
            MlstmScanGeometry g => Scan(g, threads),
            _ => 0,
        };
        var exact = own + Common + (threads * PerThread);
        return exact + (exact / 8); // what Scratch.Rounded may add
    }

    private static long Convolution(Extent3 kernel, int cin, int cout, int width, int threads)
    {
        var packed = sizeof(float) * kernel.Count * Math.Max((long)cin * Panels.Count(cout), (long)cout * Panels.Count(cin)) * Panels.Width;
        var row = sizeof(float) * kernel.D * (kernel.H + 1L) * (width + kernel.W) * Math.Max(cin, cout);
        return Math.Max(packed, PartialSums) + (threads * row);
    }

    private static long Scan(in MlstmScanGeometry geometry, int threads)
    {
        var first = MlstmSequence.At(geometry, null, 0);
        var chunk = Math.Max(MlstmForwardChunk.ScratchBytes(first), MlstmBackwardChunk.ScratchBytes(first));
        return (sizeof(float) * geometry.B * geometry.Heads * MlstmGradients.WorkingLength(geometry)) + (threads * chunk);
    }
}
