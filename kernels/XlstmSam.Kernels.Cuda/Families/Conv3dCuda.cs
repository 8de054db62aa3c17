using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>Convolutions as products whose left operand is gathered: no volume is ever unfolded in memory.</summary>
internal sealed class Conv3dCuda(Launcher launcher, ProductCuda product) : IConv3d
{
    // Where a product was cut in slices, its result is read again for the moments.
    private const int SeparateMomentRows = 64;
    private readonly ColumnSumsCuda columnSums = new(launcher);
    private readonly PlaneMomentsCuda planeMoments = new(launcher);
    private readonly ElementwiseCuda elementwise = new(launcher);

    public long ScratchBytes(in Conv3dGeometry g)
    {
        var (rows, terms) = (Rows(g), Taps(g) * g.Cin);
        var moments = sizeof(float) * PlaneMomentsCuda.Length(g.N, Voxels(g), g.Cout, MomentRows(g));
        var bytes = Math.Max(
            moments + ProductCuda.ScratchBytes(ProductKind.Plain, Voxels(g), g.Cout, terms, g.N),
                ProductCuda.ScratchBytes(ProductKind.LeftTransposed, terms, g.Cout, rows));
        for (var i = 0; i < StridePhase.Count(g); i++)
        {
            var phase = StridePhase.At(g, i);
            if (!phase.IsEmpty)
            {
                bytes = Math.Max(bytes, ProductCuda.ScratchBytes(ProductKind.RightTransposed, Rows(g, phase), g.Cin, phase.Terms(g)));
            }
        }

        return Math.Max(bytes + RoundedWeightBytes(g), sizeof(float) * new ColumnPlan(rows, g.Cout).PartialLength);
    }

    public void Forward(in Conv3dGeometry geometry, View x, View weight, View bias, View y) => Multiply(geometry, x, weight, bias, y, View.None);

    public void ForwardWithMoments(in Conv3dGeometry geometry, View x, View weight, View bias, View y, float epsilon, View mean, View rstd)
    {
        var g = geometry;
        Debug.Assert(mean.Length == g.N * g.Cout && rstd.Length == g.N * g.Cout, "Conv3d: one mean and rstd per plane.");
        var (voxels, rows, isFused) = (Voxels(g), MomentRows(g), FusedMomentRows(g) > 0);
        using var moments = launcher.Scratch.Borrow(PlaneMomentsCuda.Length(g.N, voxels, g.Cout, rows));
        Multiply(g, x, weight, bias, y, isFused ? moments.View : View.None);
        if (!isFused)
        {
            planeMoments.Parts(y, moments.View, g.N, voxels, g.Cout, rows);
        }

        planeMoments.Finish(moments.View, mean, rstd, g.N, voxels, g.Cout, rows, epsilon);
    }

    /// <summary>One product for each phase of the stride: voxels that the same taps reach.</summary>
    public void BackwardData(in Conv3dGeometry geometry, View dy, View weight, View dx)
    {
        if (dx.IsNone)
        {
            return;
        }

        var g = geometry;
        using var room = RoomForWeight(g);
        weight = AsStored(g, weight, room);
        Debug.Assert(dx.Length == g.N * g.In.Count * g.Cin && dy.Length == g.N * g.Out.Count * g.Cout, "Conv3d: dx and dy match the geometry.");
        var taps = (long)g.Cin * g.Cout;
        for (var i = 0; i < StridePhase.Count(g); i++)
        {
            var phase = StridePhase.At(g, i);
            if (phase.IsEmpty)
            {
                continue;
            }

            var start = taps * ((((phase.D.FirstTap * g.Kernel.H) + phase.H.FirstTap) * g.Kernel.W) + phase.W.FirstTap);
            var right = weight.Slice(start, weight.Length - start);
            var shape = new ProductShape
            {
                M = Rows(g, phase),
                N = g.Cin,
                K = phase.Terms(g),
                WideLeft = ProductCuda.Wide(dy, g.Cout),
                WideRight = ProductCuda.Wide(right, g.Cout),
                RightPitch = g.Cout,
                RightD = taps * g.Stride.D * g.Kernel.H * g.Kernel.W,
                RightH = taps * g.Stride.H * g.Kernel.W,
                RightW = taps * g.Stride.W,
            };
            var gather = GatherShapes.Taps(g.Out, g.Cout, g.Cout, phase.Taps, Extent3.Cube(1), phase.Outputs, tapStep: -1);
            var output = GatherShapes.Scatter(g.In, g.Cin, g.Stride, phase.Inputs);
            output.Accumulate = 1;
            output.Wide = ProductCuda.WideOutput(dx, g.Cin);
            output.Scattered = g.Stride == Extent3.Cube(1) ? 0 : 1;
            product.Run(ProductKind.RightTransposed, dy, right, View.None, dx, shape, gather, RowGrid.Of(phase.Size), output);
        }
    }

    public void BackwardWeight(in Conv3dGeometry geometry, View dy, View x, View dweight, View dbias)
    {
        var g = geometry;
        if (!dweight.IsNone)
        {
            Debug.Assert(x.Length == g.N * g.In.Count * g.Cin && dweight.Length == g.WeightLength, "Conv3d: x and dweight match the geometry.");
            var shape = new ProductShape
            {
                M = Taps(g) * g.Cin,
                N = g.Cout,
                K = Rows(g),
                WideLeft = ProductCuda.Wide(x, g.Cin),
                WideRight = ProductCuda.Wide(dy, g.Cout),
                RightPitch = g.Cout,
            };
            var output = new OutputShape { Pitch = g.Cout, Wide = ProductCuda.WideOutput(dweight, g.Cout), Accumulate = 1 };
            product.Run(ProductKind.LeftTransposed, x, dy, View.None, dweight, shape, Gather(g), RowGrid.Of(g.Out), output);
        }

        if (!dbias.IsNone)
        {
            columnSums.Add(dy, Rows(g), dbias);
        }
    }

    /// <summary>A product for every volume, so that no block has rows of two.</summary>
    private void Multiply(in Conv3dGeometry g, View x, View weight, View bias, View y, View moments)
    {
        Debug.Assert(x.Length == g.N * g.In.Count * g.Cin && weight.Length == g.WeightLength
            && y.Length == g.N * g.Out.Count * g.Cout, "Conv3d: x, weight and y match the geometry.");
        Debug.Assert(x.Type == g.Type && y.Type == g.Type, "Conv3d: x and y are stored as the geometry says.");
        using var room = RoomForWeight(g);
        weight = AsStored(g, weight, room);
        var matrix = g.Out.Count * g.Cout;
        var shape = new ProductShape
        {
            M = Voxels(g),
            N = g.Cout,
            K = Taps(g) * g.Cin,
            WideLeft = ProductCuda.Wide(x, g.Cin),
            WideRight = ProductCuda.Wide(weight, g.Cout),
            RightPitch = g.Cout,
            LeftStride = g.In.Count * g.Cin,
            OutputD = 4 * matrix,
            OutputH = 2 * matrix,
            OutputW = matrix,
        };
        var output = new OutputShape { Pitch = g.Cout, Wide = ProductCuda.WideOutput(y, g.Cout) };
        product.Run(ProductKind.Plain, x, weight, bias, y, shape, Gather(g), RowGrid.Of(g.Out), output, g.N, moments);
    }

    /// <summary>The weight as x is stored: rounded once for all blocks that read it.</summary>
    private View AsStored(in Conv3dGeometry g, View weight, in CudaScratch.Lease room)
    {
        if (g.Type == ElementType.Float32)
        {
            return weight;
        }

        elementwise.Cast(weight, room.View);
        return room.View;
    }

    private CudaScratch.Lease RoomForWeight(in Conv3dGeometry g) => g.Type == ElementType.Float32 ? default : launcher.Scratch.Borrow(g.WeightLength, g.Type);

    private static long RoundedWeightBytes(in Conv3dGeometry g) => g.Type == ElementType.Float32 ? 0 : g.WeightLength * g.Type.Bytes();

    private static GatherShape Gather(in Conv3dGeometry g) =>
        GatherShapes.Taps(g.In, g.Cin, g.Cin, g.Kernel, g.Stride, new(-g.Padding.D, -g.Padding.H, -g.Padding.W), tapStep: 1);

    private static int MomentRows(in Conv3dGeometry g) => FusedMomentRows(g) is > 0 and var rows ? rows : SeparateMomentRows;

    private static int FusedMomentRows(in Conv3dGeometry g) => ProductCuda.MomentRows(Voxels(g), g.Cout, Taps(g) * g.Cin, g.N);

    private static int Voxels(in Conv3dGeometry g) => checked((int)g.Out.Count);

    private static int Rows(in Conv3dGeometry g) => checked((int)(g.N * g.Out.Count));

    private static int Rows(in Conv3dGeometry g, in StridePhase phase) => checked((int)(g.N * phase.Size.Count));

    private static int Taps(in Conv3dGeometry g) => checked((int)g.Kernel.Count);
}
