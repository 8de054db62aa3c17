using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class AttentionCuda(Launcher launcher, CudaPrecision precision) : IAttention
{
    private const int RowsOfBlock = 8;
    private readonly CudaKernel forward = launcher.Kernel($"AttentionKernels.Forward<{precision}Tile>");
    private readonly CudaKernel delta = launcher.Kernel("AttentionGradientKernels.Delta");
    private readonly CudaKernel queries = launcher.Kernel($"AttentionGradientKernels.Queries<{precision}Tile>");
    private readonly CudaKernel keys = launcher.Kernel($"AttentionGradientKernels.Keys<{precision}Tile>");

    public long ScratchBytes(in AttentionGeometry geometry) => sizeof(float) * Rows(geometry);

    public void Forward(in AttentionGeometry geometry, View q, View k, View v, View y, View logSumExp)
    {
        Debug.Assert(y.Length == q.Length && k.Length == v.Length && logSumExp.Length == Rows(geometry), "Attention: shapes agree.");
        if (q.Length > 0)
        {
            launcher.Launch(forward, Grid(geometry, geometry.Sq), Shape(geometry), Scale(geometry), q, k, v, y, logSumExp);
        }
    }

    public void Backward(in AttentionGeometry geometry, View dy, View q, View k, View v, View y, View logSumExp, View dq, View dk, View dv)
    {
        if (q.Length == 0)
        {
            return;
        }

        using var products = launcher.Scratch.Borrow(Rows(geometry));
        var (shape, scale) = (Shape(geometry), Scale(geometry));
        launcher.Launch(delta, new((geometry.Sq + RowsOfBlock - 1) / RowsOfBlock, geometry.B * geometry.Heads), shape, dy, y, products.View);
        if (!dq.IsNone)
        {
            launcher.Launch(queries, Grid(geometry, geometry.Sq), shape, scale, dy, q, k, v, logSumExp, products.View, dq);
        }

        if (!dk.IsNone || !dv.IsNone)
        {
            launcher.Launch(keys, Grid(geometry, geometry.Sk), shape, scale, dy, q, k, v, logSumExp, products.View, dk, dv);
        }
    }

    private static KernelArgument Shape(in AttentionGeometry geometry) =>
        KernelArgument.Of(new AttentionShape(geometry.Heads, geometry.Sq, geometry.Sk, geometry.HeadSize));

    private static float Scale(in AttentionGeometry geometry) => 1 / MathF.Sqrt(geometry.HeadSize);

    private static Dim3 Grid(in AttentionGeometry geometry, int rows) => new(SequenceTile.Count(rows) * SequenceTile.Count(geometry.HeadSize), geometry.B * geometry.Heads);

    private static long Rows(in AttentionGeometry geometry) => (long)geometry.B * geometry.Heads * geometry.Sq;
}
