using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

internal sealed class ElementwiseCuda(Launcher launcher) : IElementwise
{
    private readonly CudaKernel fill = launcher.Kernel("ElementwiseKernels.Fill");
    private readonly CudaKernel fillVolume = launcher.Kernel("ConversionKernels.Fill");
    private readonly ConversionKernel cast = new(launcher, "ConversionKernels.Cast");
    private readonly ConversionKernel addScaled = new(launcher, "ConversionKernels.AddScaled");
    private readonly ColumnSumsCuda columnSums = new(launcher);

    public long ScratchBytes(in BinaryGeometry geometry) => sizeof(float) * new ColumnPlan(geometry.Outer, geometry.Period).PartialLength;

    public void Fill(View y, float value) => Map(y.Type == ElementType.Float32 ? fill : fillVolume, y.Length, KernelArgument.Of(y, y.Type), value, Quads(y));

    public void Cast(View x, View y)
    {
        Debug.Assert(x.Length == y.Length, "Cast: x and y have one length.");
        Map(cast.For(x, y), y.Length, KernelArgument.Of(x, x.Type), KernelArgument.Of(y, y.Type), Quads(x, y));
    }

    public void AddScaled(View x, float scale, View y)
    {
        Debug.Assert(x.Length == y.Length, "AddScaled: x and y have one length.");
        Map(addScaled.For(x, y), y.Length, KernelArgument.Of(x, x.Type), scale, KernelArgument.Of(y, y.Type), Quads(x, y));
    }

    public void Unary<TFormula>(View x, View y)
        where TFormula : struct, IUnaryFormula
    {
        Debug.Assert(x.Length == y.Length, "Unary: x and y have one length.");
        Map(launcher.Kernel("ElementwiseKernels.Unary", typeof(TFormula)), y.Length, x, y, Quads(x, y));
    }

    public void UnaryBackward<TFormula>(View dy, View x, View dx)
        where TFormula : struct, IUnaryFormula
    {
        if (dx.IsNone)
        {
            return;
        }

        Debug.Assert(dy.Length == x.Length && dx.Length == x.Length, "UnaryBackward: dy, x and dx have one length.");
        Map(launcher.Kernel("ElementwiseKernels.UnaryBackward", typeof(TFormula)), x.Length, dy, x, dx, Quads(dy, x, dx));
    }

    public void Binary<TFormula>(in BinaryGeometry geometry, View a, View b, View y)
        where TFormula : struct, IBinaryFormula
    {
        Debug.Assert(a.Length == geometry.Length && y.Length == geometry.Length && b.Length == geometry.Period, "Binary: lengths match the geometry.");
        Map(launcher.Kernel("BinaryKernels.Binary", typeof(TFormula)), y.Length, a, b, y, RepeatedQuads(geometry, a, b, y));
    }

    public void BinaryBackward<TFormula>(in BinaryGeometry geometry, View dy, View a, View b, View da, View db)
        where TFormula : struct, IBinaryFormula
    {
        Debug.Assert(dy.Length == geometry.Length && a.Length == geometry.Length && b.Length == geometry.Period, "BinaryBackward: lengths match the geometry.");
        if (!da.IsNone)
        {
            Map(launcher.Kernel("BinaryKernels.BackwardA", typeof(TFormula)), da.Length, dy, a, b, da, RepeatedQuads(geometry, dy, a, b, da));
        }

        if (!db.IsNone && db.Length > 0)
        {
            var plan = new ColumnPlan(geometry.Outer, geometry.Period);
            using var partial = launcher.Scratch.Borrow(plan.PartialLength);
            launcher.Launch(launcher.Kernel("BinaryKernels.BackwardB", typeof(TFormula)), plan.Grid, dy, a, b, db, partial.View, plan.Rows, plan.Share, plan.Lanes);
            columnSums.AddPartial(plan, partial.View, db);
        }
    }

    private void Map(CudaKernel kernel, long length, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (length > 0)
        {
            launcher.Launch(kernel, launcher.Blocks(kernel, (length + 3) / 4), arguments);
        }
    }

    /// <summary>How many groups of four go at once: all, if every operand starts where a quad may.</summary>
    private static long Quads(params ReadOnlySpan<View> views) => QuadKernel.AllAligned(views) ? views[^1].Length / 4 : 0;

    private static long RepeatedQuads(in BinaryGeometry geometry, params ReadOnlySpan<View> views) =>
        geometry.Outer == 1 || geometry.Period % 4 == 0 ? Quads(views) : 0;

    /// <summary>A kernel from one type to another.</summary>
    private sealed class ConversionKernel(Launcher launcher, string method)
    {
        private readonly CudaKernel[] kernels =
        [
            .. from x in Enum.GetValues<ElementType>()
               from y in Enum.GetValues<ElementType>()
               select launcher.Kernel($"{method}<{Elements.Name(x)},{Elements.Name(y)}>"),
        ];

        public CudaKernel For(View x, View y) => kernels[(2 * (int)x.Type) + (int)y.Type];
    }
}
