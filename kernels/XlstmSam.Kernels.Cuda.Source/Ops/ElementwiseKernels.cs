using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// One thread per element, in loops over the grid. The first 4 quads elements go four at a time (all operands of a quad must then lie at
/// multiples of 16 bytes), the rest one by one.
/// </summary>
public static class ElementwiseKernels
{
    private const int BlockSize = 256;
    private const int MinBlocks = 4;

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Fill(ArrayView<float> y, float value, long quads)
    {
        var y4 = y.Cast<Float4>();
        for (var i = Threads.Index; i < quads; i += Threads.Count)
        {
            y4[i] = new(value, value, value, value);
        }

        for (var i = (4 * quads) + Threads.Index; i < y.Length; i += Threads.Count)
        {
            y[i] = value;
        }
    }

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Unary<TFormula>(ArrayView<float> x, ArrayView<float> y, long quads)
        where TFormula : struct, IUnaryFormula
    {
        var (x4, y4) = (x.Cast<Float4>(), y.Cast<Float4>());
        for (var i = Threads.Index; i < quads; i += Threads.Count)
        {
            var a = x4[i];
            y4[i] = new(Forward<TFormula>(a.X), Forward<TFormula>(a.Y), Forward<TFormula>(a.Z), Forward<TFormula>(a.W));
        }

        for (var i = (4 * quads) + Threads.Index; i < y.Length; i += Threads.Count)
        {
            y[i] = Forward<TFormula>(x[i]);
        }
    }

    [CudaKernel(BlockSize, MinBlocks)]
    public static void UnaryBackward<TFormula>(ArrayView<float> dy, ArrayView<float> x, ArrayView<float> dx, long quads)
        where TFormula : struct, IUnaryFormula
    {
        var (dy4, x4, dx4) = (dy.Cast<Float4>(), x.Cast<Float4>(), dx.Cast<Float4>());
        for (var i = Threads.Index; i < quads; i += Threads.Count)
        {
            var (g, a, sum) = (dy4[i], x4[i], dx4[i]);
            dx4[i] = new(
                sum.X + Backward<TFormula>(a.X, g.X), sum.Y + Backward<TFormula>(a.Y, g.Y), sum.Z + Backward<TFormula>(a.Z, g.Z), sum.W
                    + Backward<TFormula>(a.W, g.W));
        }

        for (var i = (4 * quads) + Threads.Index; i < dx.Length; i += Threads.Count)
        {
            dx[i] += Backward<TFormula>(x[i], dy[i]);
        }
    }

    private static float Forward<TFormula>(float x)
        where TFormula : struct, IUnaryFormula => TFormula.Forward(new GpuLane(x)).Value;

    private static float Backward<TFormula>(float x, float dy)
        where TFormula : struct, IUnaryFormula => TFormula.Backward(new GpuLane(x), new GpuLane(dy)).Value;
}
