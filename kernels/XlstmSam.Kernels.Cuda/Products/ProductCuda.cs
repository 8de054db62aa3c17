using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>Which operand of a product is stored transposed.</summary>
internal enum ProductKind
{
    Plain,
    RightTransposed,
    LeftTransposed,
}

/// <summary>Runs the one product kernel that matrix products and convolutions share.</summary>
internal sealed class ProductCuda(Launcher launcher, CudaPrecision precision)
{
    private readonly ProductKernelSet floats = new(launcher, $"ProductKernels.{{0}}<{precision},{{1}}>");
    private readonly ProductKernelSet volumes = new(launcher, "VolumeProductKernels.{0}<{1},FloatElement>");
    private readonly ProductKernelSet toVolumes = new(launcher, "VolumeProductKernels.{0}<{1},BFloatElement>");
    private readonly CudaKernel sum = launcher.Kernel("SliceKernels.Sum<FloatElement>");
    private readonly CudaKernel sumToVolume = launcher.Kernel("SliceKernels.Sum<BFloatElement>");
    private readonly ColumnSumsCuda columnSums = new(launcher);

    /// <summary>Scratch memory of one product.</summary>
    public static long ScratchBytes(ProductKind kind, int m, int n, int k, int batch = 1)
    {
        var plan = Plan(kind, m, n, k, batch);
        return sizeof(float) * (plan.PartialLength + (plan.Slices > 1 ? new ColumnPlan(plan.Slices, (long)m * n).PartialLength : 0));
    }

    /// <summary>Rows of the parts whose moments a product leaves behind; 0 if it cannot.</summary>
    public static int MomentRows(int m, int n, int k, int batch)
    {
        var plan = Plan(ProductKind.Plain, m, n, k, batch);
        return plan.Slices == 1 ? Math.Min(plan.TileColumns, 64) : 0;
    }

    /// <param name="product">All but how the sum is cut.</param>
    /// <param name="moments">For the moments of y's parts if there are <see cref="MomentRows"/>.</param>
    public void Run(
        ProductKind kind, View left, View right, View bias, View y, in ProductShape product, in GatherShape gather, in RowGrid grid,
        in OutputShape output, int batch = 1,
        View moments = default)
    {
        if (batch == 0 || product.M == 0 || product.N == 0)
        {
            return;
        }

        var plan = Plan(kind, product.M, product.N, product.K, batch);
        var cut = product with { SliceLength = plan.SliceLength };
        if (plan.Slices == 1)
        {
            Launch(kind, plan, left, right, bias, y, moments, cut, gather, grid, output);
            return;
        }

        using var partial = launcher.Scratch.Borrow(plan.PartialLength);
        var isTransposed = output.Transposed != 0;
        var (rows, columns) = isTransposed ? (product.N, product.M) : (product.M, product.N);
        var matrix = (long)rows * columns;
        var dense = new OutputShape { Pitch = columns, Transposed = output.Transposed, Wide = !isTransposed && columns % 4 == 0 ? 1 : 0 };
        var sliced = cut with { OutputD = 4 * matrix, OutputH = 2 * matrix, OutputW = matrix, SliceStride = batch * matrix };
        Launch(kind, plan, left, right, View.None, partial.View, View.None, sliced, gather, grid, dense);
        if (y.Type == ElementType.Float32 && batch == 1 && output.Accumulate != 0 && output.Scattered == 0 && output.Pitch == columns)
        {
            columnSums.Add(partial.View, plan.Slices, y.Slice(0, matrix));
            return;
        }

        launcher.Launch(
            y.Type == ElementType.Float32 ? sum : sumToVolume, launcher.Blocks(sum, batch * matrix), partial.View, bias, KernelArgument.Of(y, y.Type),
                plan.Slices, KernelArgument.Of(cut), KernelArgument.Of(grid), KernelArgument.Of(output));
    }

    /// <summary>Whether an operand may be copied in runs of 16 bytes, which begin at multiples of every one of these numbers of elements.</summary>
    public static int Wide(View operand, params ReadOnlySpan<long> steps) => AreAligned(operand, 16 / operand.Type.Bytes(), steps) ? 1 : 0;

    /// <summary>Whether y may be written by four elements.</summary>
    public static int WideOutput(View y, params ReadOnlySpan<long> steps) => AreAligned(y, 4, steps) ? 1 : 0;

    private static bool AreAligned(View view, int run, ReadOnlySpan<long> steps)
    {
        var areAligned = CudaBuffer.Address(view) % (run * view.Type.Bytes()) == 0;
        foreach (var step in steps)
        {
            areAligned &= step % run == 0;
        }

        return areAligned;
    }

    private static ProductPlan Plan(ProductKind kind, int m, int n, int k, int batch) => new(m, n, k, batch, kind == ProductKind.LeftTransposed);

    private void Launch(
        ProductKind kind, in ProductPlan plan, View left, View right, View bias, View y, View moments, in ProductShape product, in GatherShape gather,
        in RowGrid grid, in OutputShape output)
    {
        Debug.Assert(left.Type == right.Type && (y.Type == ElementType.Float32 || y.Type == left.Type),
            "Product: both operands are stored alike, y as they are or in float32.");
        var set = left.Type == ElementType.Float32 ? floats : y.Type == ElementType.Float32 ? volumes : toVolumes;
        launcher.Launch(
            set.For(kind, plan.TileColumns), new Dim3(plan.Blocks, plan.Slices), KernelArgument.AddressOf(left), KernelArgument.AddressOf(right), bias,
            KernelArgument.Of(y, y.Type), moments,
            KernelArgument.Of(product), KernelArgument.Of(gather), KernelArgument.Of(grid), KernelArgument.Of(output));
    }
}
