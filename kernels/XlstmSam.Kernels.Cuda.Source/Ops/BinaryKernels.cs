using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// a is (Outer, Period) and b (Period). The elementwise passes take b[i mod Period]; where b is repeated, quads counts only if Period is a
/// multiple of 4, so that a quad never straddles two repeats.
/// </summary>
public static class BinaryKernels
{
    private const int BlockSize = ColumnSums.BlockSize;
    private const int MinBlocks = 4;

    [CudaKernel(BlockSize, MinBlocks)]
    public static void Binary<TFormula>(ArrayView<float> a, ArrayView<float> b, ArrayView<float> y, long quads)
        where TFormula : struct, IBinaryFormula
    {
        var (a4, b4, y4) = (a.Cast<Float4>(), b.Cast<Float4>(), y.Cast<Float4>());
        for (var i = Threads.Index; i < quads; i += Threads.Count)
        {
            var (u, v) = (a4[i], b4[Column(i, b4.Length)]);
            y4[i] = new(Forward<TFormula>(u.X, v.X), Forward<TFormula>(u.Y, v.Y), Forward<TFormula>(u.Z, v.Z), Forward<TFormula>(u.W, v.W));
        }

        for (var i = (4 * quads) + Threads.Index; i < y.Length; i += Threads.Count)
        {
            y[i] = Forward<TFormula>(a[i], b[Column(i, b.Length)]);
        }
    }

    [CudaKernel(BlockSize, MinBlocks)]
    public static void BackwardA<TFormula>(ArrayView<float> dy, ArrayView<float> a, ArrayView<float> b, ArrayView<float> da, long quads)
        where TFormula : struct, IBinaryFormula
    {
        var (dy4, a4, b4, da4) = (dy.Cast<Float4>(), a.Cast<Float4>(), b.Cast<Float4>(), da.Cast<Float4>());
        for (var i = Threads.Index; i < quads; i += Threads.Count)
        {
            var (g, u, v, sum) = (dy4[i], a4[i], b4[Column(i, b4.Length)], da4[i]);
            da4[i] = new(
                sum.X + GradientA<TFormula>(u.X, v.X, g.X),
                sum.Y + GradientA<TFormula>(u.Y, v.Y, g.Y),
                sum.Z + GradientA<TFormula>(u.Z, v.Z, g.Z),
                sum.W + GradientA<TFormula>(u.W, v.W, g.W));
        }

        for (var i = (4 * quads) + Threads.Index; i < da.Length; i += Threads.Count)
        {
            da[i] += GradientA<TFormula>(a[i], b[Column(i, b.Length)], dy[i]);
        }
    }

    /// <summary>db[p] += the sum over the repeats: <see cref="ColumnSums"/> with the gradient of each element in place of a matrix.</summary>
    [CudaKernel(BlockSize, MinBlocks)]
    public static void BackwardB<TFormula>(
        ArrayView<float> dy, ArrayView<float> a, ArrayView<float> b, ArrayView<float> db, ArrayView<float> partial, long outer, long share, int lanes)
        where TFormula : struct, IBinaryFormula
    {
        var column = ColumnSums.Column(lanes);
        var sum = default(CompensatedSum);
        if (column < b.Length)
        {
            var (end, step) = (ColumnSums.End(outer, share), ColumnSums.BlockSize / lanes);
            for (var row = ColumnSums.First(share, lanes); row < end; row += step)
            {
                var i = (row * b.Length) + column;
                sum.Add(GradientB<TFormula>(a[i], b[column], dy[i]));
            }
        }

        ColumnSums.Finish(sum.Value, column, lanes, db, partial);
    }

    // A division of 64 bits costs as much as the rest of the loop.
    private static long Column(long i, long period) => i < period ? i : i <= uint.MaxValue ? (uint)i % (uint)period : i % period;

    private static float Forward<TFormula>(float a, float b)
        where TFormula : struct, IBinaryFormula => TFormula.Forward(new GpuLane(a), new GpuLane(b)).Value;

    private static float GradientA<TFormula>(float a, float b, float dy)
        where TFormula : struct, IBinaryFormula => TFormula.BackwardA(new GpuLane(a), new GpuLane(b), new GpuLane(dy)).Value;

    private static float GradientB<TFormula>(float a, float b, float dy)
        where TFormula : struct, IBinaryFormula => TFormula.BackwardB(new GpuLane(a), new GpuLane(b), new GpuLane(dy)).Value;
}
