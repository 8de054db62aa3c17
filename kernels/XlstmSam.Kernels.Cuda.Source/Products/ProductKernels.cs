using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Products of operands in float32; see <see cref="ProductLoop"/>.</summary>
internal static class ProductKernels
{
    /// <summary>left (M, K) as rows of (tap, channel), right stored (K, N).</summary>
    [CudaKernel(ProductLoop.Threads, ProductLoop.MinBlocks)]
    public static void Product<[Instances(typeof(Float32), typeof(Tf32), typeof(BFloat16))] TPrecision,
        [Instances(typeof(Large), typeof(Broad), typeof(Narrow))] TTile>(
        long left, long right, ArrayView<float> bias, ArrayView<FloatElement> y, ArrayView<float> moments, ProductShape product, GatherShape gather,
        RowGrid grid, OutputShape output)
        where TPrecision : struct, IPrecision
        where TTile : struct, ITile =>
        ProductLoop.Run<TPrecision, TTile, Floats, GatheredRows<Floats>, AlongSum<Floats>, StoredRows<Floats>, AlongOuter<Floats>, FloatElement>(
            left, right, bias, y, moments, product, gather, grid, output);

    /// <summary>left (M, K) as rows of (tap, channel), right stored (N, K), or (tap, N, channel).</summary>
    [CudaKernel(ProductLoop.Threads, ProductLoop.MinBlocks)]
    public static void ProductRightTransposed<[Instances(typeof(Float32), typeof(Tf32), typeof(BFloat16))] TPrecision,
        [Instances(typeof(Large), typeof(Broad), typeof(Narrow))] TTile>(
        long left, long right, ArrayView<float> bias, ArrayView<FloatElement> y, ArrayView<float> moments, ProductShape product, GatherShape gather,
        RowGrid grid, OutputShape output)
        where TPrecision : struct, IPrecision
        where TTile : struct, ITile =>
        ProductLoop.Run<TPrecision, TTile, Floats, GatheredRows<Floats>, AlongSum<Floats>, StoredColumns<Floats>, AlongSum<Floats>, FloatElement>(
            left, right, bias, y, moments, product, gather, grid, output);

    /// <summary>left stored (K, M), its K points of the grid and M (tap, channel); right stored (K, N).</summary>
    [CudaKernel(ProductLoop.Threads, ProductLoop.MinBlocks)]
    public static void ProductLeftTransposed<[Instances(typeof(Float32), typeof(Tf32), typeof(BFloat16))] TPrecision,
        [Instances(typeof(Large), typeof(Broad), typeof(Narrow))] TTile>(
        long left, long right, ArrayView<float> bias, ArrayView<FloatElement> y, ArrayView<float> moments, ProductShape product, GatherShape gather,
        RowGrid grid, OutputShape output)
        where TPrecision : struct, IPrecision
        where TTile : struct, ITile =>
        ProductLoop.Run<TPrecision, TTile, Floats, GatheredTerms<Floats>, AlongOuter<Floats>, StoredRows<Floats>, AlongOuter<Floats>, FloatElement>(
            left, right, bias, y, moments, product, gather, grid, output);
}
