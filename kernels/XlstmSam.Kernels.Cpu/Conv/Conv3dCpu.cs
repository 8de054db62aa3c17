using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Convolutions by the algorithm that <see cref="ConvAlgorithmChoice"/> gives for their geometry.</summary>
internal sealed unsafe class Conv3dCpu(WorkerPool pool, ConvMethod method) : IConv3d
{
    private readonly InstanceNormCpu norm = new(pool);

    public long ScratchBytes(in Conv3dGeometry geometry) => ConvScratch.Of(geometry, pool.Threads, method);

    public void Forward(in Conv3dGeometry geometry, View x, View weight, View bias, View y)
    {
        var g = geometry;
        var input = CpuBuffer.Floats(x);
        var filter = CpuBuffer.Floats(weight);
        var offsets = CpuBuffer.Floats(bias);
        var output = CpuBuffer.Floats(y);
        var algorithm = ConvAlgorithmChoice.Choose(g, method, isWeightGradient: false);
        if (algorithm == ConvAlgorithm.Product && g.Cout >= Panels.Width)
        {
            new ProductJob(pool, MatMulGeometry.Dense(Voxels(g), g.Cout, g.Cin), input, filter, output, offsets, Activation.None, accumulate: false).Run();
            return;
        }

        var (depth, height, width) = ForwardAxes(g);
        Pass(algorithm, g.N, depth, height, width, g.Cin, g.Cout, input, new(filter, g.Kernel, (nint)g.Cin * g.Cout, g.Cout, 1), offsets, output, add: false);
    }

    public void ForwardWithMoments(
        in Conv3dGeometry geometry, View x, View weight, View bias, View y, float epsilon, View mean, View rstd)
    {
        var g = geometry;
        var algorithm = ConvAlgorithmChoice.Choose(g, method, isWeightGradient: false);
        if (algorithm is ConvAlgorithm.Winograd244)
        {
            WithMoments<WinogradF2, WinogradF4>(g, x, weight, bias, y, epsilon, mean, rstd);
        }
        else if (algorithm is ConvAlgorithm.Winograd222)
        {
            WithMoments<WinogradF2, WinogradF2>(g, x, weight, bias, y, epsilon, mean, rstd);
        }
        else if (algorithm is ConvAlgorithm.WinogradStride2)
        {
            WithMoments<WinogradStride2, WinogradStride2>(g, x, weight, bias, y, epsilon, mean, rstd);
        }
        else
        {
            Forward(g, x, weight, bias, y);
            norm.Moments(new(g.N, g.Out.Count, g.Cout), epsilon, CpuBuffer.Floats(y), CpuBuffer.Floats(mean), CpuBuffer.Floats(rstd));
        }
    }

    private void WithMoments<TDepth, TAxis>(in Conv3dGeometry g, View x, View weight, View bias, View y, float epsilon, View mean, View rstd)
        where TDepth : struct, IWinogradDepth
        where TAxis : struct, IWinogradAxis
    {
        var (depth, height, width) = ForwardAxes(g);
        var tiles = new WinogradTiles<TDepth, TAxis>(1, depth, height, width);
        var filter = new ConvWeight(CpuBuffer.Floats(weight), g.Kernel, (nint)g.Cin * g.Cout, g.Cout, 1);
        using var partial = pool.Scratch.Borrow(TileMoments.Length(tiles.Count, g.Cout));
        for (var n = 0; n < g.N; n++)
        {
            var moments = new TileMoments(tiles.Count, g.Cout, partial.Start);
            new WinogradPass<TDepth, TAxis>(pool, tiles, g.Cin, g.Cout, moments).Run(
                CpuBuffer.Floats(x) + (n * g.In.Count * g.Cin), filter, CpuBuffer.Floats(bias), CpuBuffer.Floats(y) + (n * g.Out.Count * g.Cout), add: false);
            moments.Store(pool, epsilon, CpuBuffer.Floats(mean) + ((long)n * g.Cout), CpuBuffer.Floats(rstd) + ((long)n * g.Cout));
        }
    }

    public void BackwardData(in Conv3dGeometry geometry, View dy, View weight, View dx)
    {
        var g = geometry;
        if (dx.IsNone)
        {
            return;
        }

        var gradient = CpuBuffer.Floats(dy);
        var filter = CpuBuffer.Floats(weight);
        var target = CpuBuffer.Floats(dx);
        var algorithm = ConvAlgorithmChoice.Choose(g, method, isWeightGradient: false);
        if (algorithm == ConvAlgorithm.Product)
        {
            var product = MatMulGeometry.Dense(Voxels(g), g.Cin, g.Cout, transposeB: true);
            new ProductJob(pool, product, gradient, filter, target, null, Activation.None, accumulate: true).Run();
            return;
        }

        var transposed = new ConvWeight(filter, g.Kernel, (nint)g.Cin * g.Cout, 1, g.Cout);
        if (algorithm == ConvAlgorithm.WinogradStride2)
        {
            var (inDepth, inHeight, inWidth) = (ConvAxis.Whole(g.Out.D, g.In.D, 3), ConvAxis.Whole(g.Out.H, g.In.H, 3), ConvAxis.Whole(g.Out.W, g.In.W, 3));
            Winograd<WinogradStride2Transposed, WinogradStride2Transposed>(
                g.N, inDepth, inHeight, inWidth, g.Cout, g.Cin, gradient, transposed, null, target, add: true);
            return;
        }

        for (var d = 0; d < g.Stride.D; d++)
        {
            for (var h = 0; h < g.Stride.H; h++)
            {
                for (var w = 0; w < g.Stride.W; w++)
                {
                    var depth = ConvAxis.Backward(g.In.D, g.Out.D, g.Kernel.D, g.Stride.D, g.Padding.D, d);
                    var height = ConvAxis.Backward(g.In.H, g.Out.H, g.Kernel.H, g.Stride.H, g.Padding.H, h);
                    var width = ConvAxis.Backward(g.In.W, g.Out.W, g.Kernel.W, g.Stride.W, g.Padding.W, w);
                    Pass(algorithm, g.N, depth, height, width, g.Cout, g.Cin, gradient, transposed, null, target, add: true);
                }
            }
        }
    }

    public void BackwardWeight(in Conv3dGeometry geometry, View dy, View x, View dweight, View dbias)
    {
        var g = geometry;
        var gradient = CpuBuffer.Floats(dy);
        if (!dweight.IsNone && ConvAlgorithmChoice.Choose(g, method, isWeightGradient: true) == ConvAlgorithm.Product && PointGradientJob.Serves(g.Cin, g.Cout))
        {
            PointGradientJob.Run(pool, CpuBuffer.Floats(x), gradient, g.Cin, g.Cout, Voxels(g), CpuBuffer.Floats(dweight), CpuBuffer.Floats(dbias));
            return;
        }

        if (!dweight.IsNone)
        {
            WeightPass(g, CpuBuffer.Floats(x), gradient, CpuBuffer.Floats(dweight));
        }

        if (!dbias.IsNone)
        {
            BiasGradient.Add(pool, gradient, g.N * g.Out.Count, g.Cout, CpuBuffer.Floats(dbias));
        }
    }

    private void Pass(
        ConvAlgorithm algorithm, int batch, ConvAxis depth, ConvAxis height, ConvAxis width, int cin, int cout,
        float* input, ConvWeight weight, float* bias, float* output, bool add)
    {
        switch (algorithm)
        {
            case ConvAlgorithm.Winograd244:
                Winograd<WinogradF2, WinogradF4>(batch, depth, height, width, cin, cout, input, weight, bias, output, add);
                break;
            case ConvAlgorithm.Winograd222:
                Winograd<WinogradF2, WinogradF2>(batch, depth, height, width, cin, cout, input, weight, bias, output, add);
                break;
            case ConvAlgorithm.WinogradStride2:
                Winograd<WinogradStride2, WinogradStride2>(batch, depth, height, width, cin, cout, input, weight, bias, output, add);
                break;
            case ConvAlgorithm.Product or ConvAlgorithm.Direct:
                new ConvPass(pool, batch, depth, height, width, cin, cout).Run(input, weight, bias, output, add);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Winograd<TDepth, TAxis>(
        int batch, ConvAxis depth, ConvAxis height, ConvAxis width, int cin, int cout, float* input, ConvWeight weight, float* bias, float* output, bool add)
        where TDepth : struct, IWinogradDepth
        where TAxis : struct, IWinogradAxis =>
        new WinogradPass<TDepth, TAxis>(pool, new(batch, depth, height, width), cin, cout).Run(input, weight, bias, output, add);

    private void WeightPass(in Conv3dGeometry g, float* input, float* gradient, float* target)
    {
        var (depth, height, width) = ForwardAxes(g);
        switch (ConvAlgorithmChoice.Choose(g, method, isWeightGradient: true))
        {
            case ConvAlgorithm.Winograd244:
                new WinogradWeightPass<WinogradF2, WinogradF4>(pool, new(g.N, depth, height, width), g.Cin, g.Cout).Run(input, gradient, target);
                break;
            case ConvAlgorithm.Winograd222:
                new WinogradWeightPass<WinogradF2, WinogradF2>(pool, new(g.N, depth, height, width), g.Cin, g.Cout).Run(input, gradient, target);
                break;
            case ConvAlgorithm.WinogradStride2:
                new WinogradWeightPass<WinogradStride2, WinogradStride2>(pool, new(g.N, depth, height, width), g.Cin, g.Cout).Run(input, gradient, target);
                break;
            case ConvAlgorithm.Product or ConvAlgorithm.Direct:
                new ConvWeightPass(pool, g.N, depth, height, width, g.Cin, g.Cout).Run(input, gradient, target, (nint)g.Cin * g.Cout, g.Cout, 1);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static (ConvAxis Depth, ConvAxis Height, ConvAxis Width) ForwardAxes(in Conv3dGeometry g) => (
        ConvAxis.Forward(g.In.D, g.Out.D, g.Kernel.D, g.Stride.D, g.Padding.D),
        ConvAxis.Forward(g.In.H, g.Out.H, g.Kernel.H, g.Stride.H, g.Padding.H),
        ConvAxis.Forward(g.In.W, g.Out.W, g.Kernel.W, g.Stride.W, g.Padding.W));

    private static int Voxels(in Conv3dGeometry g) => (int)(g.N * g.In.Count);
}
