using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class MatMulCuda(ProductCuda product) : IMatMul
{
    public long ScratchBytes(in MatMulGeometry g) =>
        IsTwiceTransposed(g) ? ProductCuda.ScratchBytes(ProductKind.Plain, g.N, g.M, g.K, g.Batch) : ProductCuda.ScratchBytes(Kind(g), g.M, g.N, g.K, g.Batch);

    public void Multiply(in MatMulGeometry geometry, View a, View b, View bias, Activation activation, View y)
    {
        Debug.Assert(bias.IsNone || bias.Length == geometry.N, "MatMul: one bias per column.");
        Run(geometry, a, b, bias, y, new() { Activation = (int)activation });
    }

    public void Accumulate(in MatMulGeometry geometry, View a, View b, View y) => Run(geometry, a, b, View.None, y, new() { Accumulate = 1 });

    private void Run(in MatMulGeometry g, View a, View b, View bias, View y, OutputShape output)
    {
        output.Pitch = g.LdY;
        if (IsTwiceTransposed(g))
        {
            // yᵀ = b a, both as they are stored.
            output.Transposed = 1;
            Run(ProductKind.Plain, new(g.Batch, g.N, g.M, g.K, false, false, g.LdB, g.LdA, g.LdY, g.StrideB, g.StrideA, g.StrideY), b, a, bias, y, output);
        }
        else
        {
            output.Wide = ProductCuda.WideOutput(y, g.N, g.LdY, g.StrideY);
            Run(Kind(g), g, a, b, bias, y, output);
        }
    }

    private void Run(ProductKind kind, in MatMulGeometry g, View a, View b, View bias, View y, in OutputShape output)
    {
        var (rows, columns) = kind == ProductKind.LeftTransposed ? (g.K, g.M) : (g.M, g.K);
        var shape = new ProductShape
        {
            M = g.M,
            N = g.N,
            K = g.K,
            WideLeft = ProductCuda.Wide(a, columns, g.LdA, g.StrideA),
            WideRight = ProductCuda.Wide(b, kind == ProductKind.RightTransposed ? g.K : g.N, g.LdB, g.StrideB),
            RightPitch = g.LdB,
            LeftStride = g.StrideA,
            RightStride = g.StrideB,
            OutputD = 4 * g.StrideY,
            OutputH = 2 * g.StrideY,
            OutputW = g.StrideY,
        };
        var line = new Extent3(1, 1, Math.Max(rows, 1));
        product.Run(kind, a, b, bias, y, shape, GatherShapes.Voxels(line, Math.Max(columns, 1), g.LdA), RowGrid.Of(line), output, g.Batch);
    }

    private static bool IsTwiceTransposed(in MatMulGeometry g) => g.TransposeA && g.TransposeB;

    private static ProductKind Kind(in MatMulGeometry g) =>
        g.TransposeA ? ProductKind.LeftTransposed : g.TransposeB ? ProductKind.RightTransposed : ProductKind.Plain;
}
