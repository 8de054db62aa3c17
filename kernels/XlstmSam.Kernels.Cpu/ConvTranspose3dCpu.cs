namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The transposed convolution is the data gradient of a convolution with kernel 2 and stride 2 from y to x, so its passes are that one's:
/// forward runs the backward axes, the gradient of x the forward axes.
/// </summary>
internal sealed unsafe class ConvTranspose3dCpu(WorkerPool pool) : IConvTranspose3d
{
    private static readonly Extent3 Kernel = Extent3.Cube(2);

    public long WorkspaceLength(in ConvTranspose3dGeometry geometry) => 0;

    public void Forward(in ConvTranspose3dGeometry geometry, View x, View weight, View bias, View y, View workspace)
    {
        var g = geometry;
        var filter = new ConvWeight(CpuBuffer.Floats(weight), Kernel, g.Cout, (nint)8 * g.Cout, 1);
        for (var tap = 0; tap < 8; tap++)
        {
            var depth = ConvAxis.Backward(g.Out.D, g.In.D, 2, 2, 0, tap >> 2);
            var height = ConvAxis.Backward(g.Out.H, g.In.H, 2, 2, 0, (tap >> 1) & 1);
            var width = ConvAxis.Backward(g.Out.W, g.In.W, 2, 2, 0, tap & 1);
            new ConvPass(pool, g.N, depth, height, width, g.Cin, g.Cout)
                .Run(CpuBuffer.Floats(x), filter, CpuBuffer.Floats(bias), CpuBuffer.Floats(y), add: false);
        }
    }

    public void Backward(in ConvTranspose3dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias, View workspace)
    {
        var g = geometry;
        var gradient = CpuBuffer.Floats(dy);
        var depth = ConvAxis.Forward(g.Out.D, g.In.D, 2, 2, 0);
        var height = ConvAxis.Forward(g.Out.H, g.In.H, 2, 2, 0);
        var width = ConvAxis.Forward(g.Out.W, g.In.W, 2, 2, 0);
        if (!dx.IsNone)
        {
            var filter = new ConvWeight(CpuBuffer.Floats(weight), Kernel, g.Cout, 1, (nint)8 * g.Cout);
            new ConvPass(pool, g.N, depth, height, width, g.Cout, g.Cin).Run(gradient, filter, null, CpuBuffer.Floats(dx), add: true);
        }

        if (!dweight.IsNone)
        {
            new ConvWeightPass(pool, g.N, depth, height, width, g.Cout, g.Cin)
                .Run(gradient, CpuBuffer.Floats(x), CpuBuffer.Floats(dweight), g.Cout, 1, (nint)8 * g.Cout);
        }

        if (!dbias.IsNone)
        {
            BiasGradient.Add(pool, gradient, g.N * g.Out.Count, g.Cout, CpuBuffer.Floats(dbias));
        }
    }
}
