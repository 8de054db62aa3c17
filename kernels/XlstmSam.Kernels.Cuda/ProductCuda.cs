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
    private static readonly string[] Methods = ["Product", "ProductRightTransposed", "ProductLeftTransposed"];
    private readonly CudaKernel[] large = [.. Methods.Select(method => launcher.Kernel($"ProductKernels.{method}<{precision},Large>"))];
    private readonly CudaKernel[] broad = [.. Methods.Select(method => launcher.Kernel($"ProductKernels.{method}<{precision},Broad>"))];
    private readonly CudaKernel[] narrow = [.. Methods.Select(method => launcher.Kernel($"ProductKernels.{method}<{precision},Narrow>"))];
    private readonly CudaKernel sum = launcher.Kernel("SliceKernels.Sum");
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
        ProductKind kind, View left, View right, View bias, View y, in ProductShape product, in GatherShape gather, in RowGrid grid, in OutputShape output, int batch = 1,
        View moments = default)
    {
        if (batch == 0 || product.M == 0 || product.N == 0)
        {
            return;
        }

        var plan = Plan(kind, product.M, product.N, product.K, batch);
        var kernel = (plan.TileColumns == 32 ? narrow : plan.TileColumns == 64 ? broad : large)[(int)kind];
        var cut = product with { SliceLength = plan.SliceLength };
        if (plan.Slices == 1)
        {
            Launch(kernel, plan, left, right, bias, y, moments, cut, gather, grid, output);
            return;
        }

        using var partial = launcher.Scratch.Borrow(plan.PartialLength);
        var isTransposed = output.Transposed != 0;
        var (rows, columns) = isTransposed ? (product.N, product.M) : (product.M, product.N);
        var matrix = (long)rows * columns;
        var dense = new OutputShape { Pitch = columns, Transposed = output.Transposed, Wide = !isTransposed && columns % 4 == 0 ? 1 : 0 };
        var sliced = cut with { OutputD = 4 * matrix, OutputH = 2 * matrix, OutputW = matrix, SliceStride = batch * matrix };
        Launch(kernel, plan, left, right, View.None, partial.View, View.None, sliced, gather, grid, dense);
        if (batch == 1 && output.Accumulate != 0 && output.Scattered == 0 && output.Pitch == columns)
        {
            columnSums.Add(partial.View, plan.Slices, y.Slice(0, matrix));
            return;
        }

        launcher.Launch(
            sum, launcher.Blocks(sum, batch * matrix), partial.View, bias, y, plan.Slices, KernelArgument.Of(cut), KernelArgument.Of(grid), KernelArgument.Of(output));
    }

    /// <summary>Whether runs of four elements at multiples of every one of these numbers lie at multiples of 16 bytes.</summary>
    public static int Wide(View view, params ReadOnlySpan<long> steps)
    {
        var isWide = CudaBuffer.Address(view) % (4 * sizeof(float)) == 0;
        foreach (var step in steps)
        {
            isWide &= step % 4 == 0;
        }

        return isWide ? 1 : 0;
    }

    private static ProductPlan Plan(ProductKind kind, int m, int n, int k, int batch) => new(m, n, k, batch, kind == ProductKind.LeftTransposed);

    private void Launch(
        CudaKernel kernel, in ProductPlan plan, View left, View right, View bias, View y, View moments, in ProductShape product, in GatherShape gather, in RowGrid grid, in OutputShape output) =>
        launcher.Launch(
            kernel, new Dim3(plan.Blocks, plan.Slices), KernelArgument.AddressOf(left), KernelArgument.AddressOf(right), bias, y, moments,
            KernelArgument.Of(product), KernelArgument.Of(gather), KernelArgument.Of(grid), KernelArgument.Of(output));
}
