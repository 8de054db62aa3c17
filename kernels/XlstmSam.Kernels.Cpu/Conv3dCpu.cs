namespace XlstmSam.Kernels.Cpu;

/// <summary>Direct convolution as products over padded rows; a 1x1x1 convolution of stride 1 to a panel of channels or more is a plain product.</summary>
internal sealed unsafe class Conv3dCpu(WorkerPool pool) : IConv3d
{
    public long WorkspaceLength(in Conv3dGeometry geometry) => 0;

    public void Forward(in Conv3dGeometry geometry, View x, View weight, View bias, View y, View workspace)
    {
        var g = geometry;
        var input = CpuBuffer.Floats(x);
        var filter = CpuBuffer.Floats(weight);
        var offsets = CpuBuffer.Floats(bias);
        var output = CpuBuffer.Floats(y);
        if (IsProduct(g) && g.Cout >= Panels.Width)
        {
            new ProductJob(pool, MatMulGeometry.Dense(Voxels(g), g.Cout, g.Cin), input, filter, output, offsets, Activation.None, accumulate: false).Run();
            return;
        }

        var (depth, height, width) = ForwardAxes(g);
        new ConvPass(pool, g.N, depth, height, width, g.Cin, g.Cout)
            .Run(input, new(filter, g.Kernel, (nint)g.Cin * g.Cout, g.Cout, 1), offsets, output, add: false);
    }

    public void BackwardData(in Conv3dGeometry geometry, View dy, View weight, View dx, View workspace)
    {
        var g = geometry;
        if (dx.IsNone)
        {
            return;
        }

        var gradient = CpuBuffer.Floats(dy);
        var filter = CpuBuffer.Floats(weight);
        var target = CpuBuffer.Floats(dx);
        if (IsProduct(g))
        {
            var product = MatMulGeometry.Dense(Voxels(g), g.Cin, g.Cout, transposeB: true);
            new ProductJob(pool, product, gradient, filter, target, null, Activation.None, accumulate: true).Run();
            return;
        }

        var transposed = new ConvWeight(filter, g.Kernel, (nint)g.Cin * g.Cout, 1, g.Cout);
        for (var d = 0; d < g.Stride.D; d++)
        {
            for (var h = 0; h < g.Stride.H; h++)
            {
                for (var w = 0; w < g.Stride.W; w++)
                {
                    var depth = ConvAxis.Backward(g.In.D, g.Out.D, g.Kernel.D, g.Stride.D, g.Padding.D, d);
                    var height = ConvAxis.Backward(g.In.H, g.Out.H, g.Kernel.H, g.Stride.H, g.Padding.H, h);
                    var width = ConvAxis.Backward(g.In.W, g.Out.W, g.Kernel.W, g.Stride.W, g.Padding.W, w);
                    new ConvPass(pool, g.N, depth, height, width, g.Cout, g.Cin).Run(gradient, transposed, null, target, add: true);
                }
            }
        }
    }

    public void BackwardWeight(in Conv3dGeometry geometry, View dy, View x, View dweight, View dbias, View workspace)
    {
        var g = geometry;
        var gradient = CpuBuffer.Floats(dy);
        var input = CpuBuffer.Floats(x);
        if (!dweight.IsNone)
        {
            var (depth, height, width) = ForwardAxes(g);
            new ConvWeightPass(pool, g.N, depth, height, width, g.Cin, g.Cout)
                .Run(input, gradient, CpuBuffer.Floats(dweight), (nint)g.Cin * g.Cout, g.Cout, 1);
        }

        if (!dbias.IsNone)
        {
            BiasGradient.Add(pool, gradient, g.N * g.Out.Count, g.Cout, CpuBuffer.Floats(dbias));
        }
    }

    private static (ConvAxis Depth, ConvAxis Height, ConvAxis Width) ForwardAxes(in Conv3dGeometry g) => (
        ConvAxis.Forward(g.In.D, g.Out.D, g.Kernel.D, g.Stride.D, g.Padding.D),
        ConvAxis.Forward(g.In.H, g.Out.H, g.Kernel.H, g.Stride.H, g.Padding.H),
        ConvAxis.Forward(g.In.W, g.Out.W, g.Kernel.W, g.Stride.W, g.Padding.W));

    private static bool IsProduct(in Conv3dGeometry g) =>
        g.Kernel == Extent3.Cube(1) && g.Stride == Extent3.Cube(1) && g.Padding == default && g.N * g.In.Count <= int.MaxValue;

    private static int Voxels(in Conv3dGeometry g) => (int)(g.N * g.In.Count);
}
