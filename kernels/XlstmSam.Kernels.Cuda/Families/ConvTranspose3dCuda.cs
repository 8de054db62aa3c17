using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>Forward is a product for each tap; the gradients gather dy as a convolution with kernel 2 and stride 2 does.</summary>
internal sealed class ConvTranspose3dCuda(Launcher launcher, ProductCuda product) : IConvTranspose3d
{
    private const int Taps = 8;
    private readonly ColumnSumsCuda columnSums = new(launcher);

    public long ScratchBytes(in ConvTranspose3dGeometry g)
    {
        var (rows, wide) = (Rows(g), Taps * g.Cout);
        var products = Math.Max(
            ProductCuda.ScratchBytes(ProductKind.Plain, rows, g.Cout, g.Cin, Taps),
            Math.Max(ProductCuda.ScratchBytes(ProductKind.RightTransposed, rows, g.Cin, wide),
                ProductCuda.ScratchBytes(ProductKind.LeftTransposed, wide, g.Cin, rows)));
        return Math.Max(products, sizeof(float) * new ColumnPlan(g.N * g.Out.Count, g.Cout).PartialLength);
    }

    public long WorkspaceLength(in ConvTranspose3dGeometry geometry) => 0;

    public void Forward(in ConvTranspose3dGeometry geometry, View x, View weight, View bias, View y, View workspace)
    {
        var g = geometry;
        Debug.Assert(x.Length == g.N * g.In.Count * g.Cin && y.Length == g.N * g.Out.Count * g.Cout, "ConvTranspose3d: x and y match the geometry.");
        var shape = new ProductShape
        {
            M = Rows(g),
            N = g.Cout,
            K = g.Cin,
            WideLeft = ProductCuda.Wide(x, g.Cin),
            WideRight = ProductCuda.Wide(weight, g.Cout),
            RightPitch = Taps * g.Cout,
            RightStride = g.Cout,
            OutputD = (long)g.Out.H * g.Out.W * g.Cout,
            OutputH = (long)g.Out.W * g.Cout,
            OutputW = g.Cout,
        };
        var output = GatherShapes.Scatter(g.Out, g.Cout, Extent3.Cube(2), default);
        output.Wide = ProductCuda.WideOutput(y, g.Cout);
        product.Run(ProductKind.Plain, x, weight, bias, y, shape, GatherShapes.Voxels(g.In, g.Cin, g.Cin), RowGrid.Of(g.In), output, batch: Taps);
    }

    public void Backward(in ConvTranspose3dGeometry geometry, View dy, View x, View weight, View dx, View dweight, View dbias, View workspace)
    {
        var g = geometry;
        var gather = GatherShapes.Taps(g.Out, g.Cout, g.Cout, Extent3.Cube(2), Extent3.Cube(2), default, tapStep: 1);
        if (!dx.IsNone)
        {
            var shape = new ProductShape
            {
                M = Rows(g),
                N = g.Cin,
                K = Taps * g.Cout,
                WideLeft = ProductCuda.Wide(dy, g.Cout),
                WideRight = ProductCuda.Wide(weight, g.Cout),
                RightPitch = Taps * g.Cout,
                RightD = 4 * g.Cout,
                RightH = 2 * g.Cout,
                RightW = g.Cout,
            };
            var output = new OutputShape { Pitch = g.Cin, Wide = ProductCuda.WideOutput(dx, g.Cin), Accumulate = 1 };
            product.Run(ProductKind.RightTransposed, dy, weight, View.None, dx, shape, gather, RowGrid.Of(g.In), output);
        }

        if (!dweight.IsNone)
        {
            var shape = new ProductShape
            {
                M = Taps * g.Cout,
                N = g.Cin,
                K = Rows(g),
                WideLeft = ProductCuda.Wide(dy, g.Cout),
                WideRight = ProductCuda.Wide(x, g.Cin),
                RightPitch = g.Cin,
            };
            var output = new OutputShape { Pitch = Taps * g.Cout, Transposed = 1, Accumulate = 1 };
            product.Run(ProductKind.LeftTransposed, dy, x, View.None, dweight, shape, gather, RowGrid.Of(g.In), output);
        }

        if (!dbias.IsNone)
        {
            columnSums.Add(dy, g.N * g.Out.Count, dbias);
        }
    }

    private static int Rows(in ConvTranspose3dGeometry g) => checked((int)(g.N * g.In.Count));
}
