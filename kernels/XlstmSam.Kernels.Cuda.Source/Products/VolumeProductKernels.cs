using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Products of operands in bfloat16; see <see cref="ProductLoop"/>. y is a volume too, or in float32: a weight gradient, or the partial sums of slices.
/// </summary>
internal static class VolumeProductKernels
{
    /// <summary>left (M, K) as rows of (tap, channel), right stored (K, N).</summary>
    [CudaKernel(ProductLoop.Threads, ProductLoop.MinBlocks)]
    public static void Product<[Instances(typeof(Large), typeof(Broad), typeof(Narrow))] TTile, [Instances(typeof(FloatElement), typeof(BFloatElement))] TY>(
        long left, long right, ArrayView<float> bias, ArrayView<TY> y, ArrayView<float> moments, ProductShape product, GatherShape gather,
        RowGrid grid, OutputShape output)
        where TTile : struct, ITile
        where TY : unmanaged, IElement<TY> =>
        ProductLoop.Run<BFloat16Pairs, TTile, BFloats, GatheredRows<BFloats>, AlongSum<BFloats>, StoredRows<BFloats>, AlongOuter<BFloats>, TY>(
            left, right, bias, y, moments, product, gather, grid, output);

    /// <summary>left (M, K) as rows of (tap, channel), right stored (N, K), or (tap, N, channel).</summary>
    [CudaKernel(ProductLoop.Threads, ProductLoop.MinBlocks)]
    public static void ProductRightTransposed<[Instances(typeof(Large), typeof(Broad), typeof(Narrow))] TTile,
        [Instances(typeof(FloatElement), typeof(BFloatElement))] TY>(
        long left, long right, ArrayView<float> bias, ArrayView<TY> y, ArrayView<float> moments, ProductShape product, GatherShape gather,
        RowGrid grid, OutputShape output)
        where TTile : struct, ITile
        where TY : unmanaged, IElement<TY> =>
        ProductLoop.Run<BFloat16Pairs, TTile, BFloats, GatheredRows<BFloats>, AlongSum<BFloats>, StoredColumns<BFloats>, AlongSum<BFloats>, TY>(
            left, right, bias, y, moments, product, gather, grid, output);

    /// <summary>left stored (K, M), its K points of the grid and M (tap, channel); right stored (K, N).</summary>
    [CudaKernel(ProductLoop.Threads, ProductLoop.MinBlocks)]
    public static void ProductLeftTransposed<[Instances(typeof(Large), typeof(Broad), typeof(Narrow))] TTile, [Instances(typeof(FloatElement))] TY>(
        long left, long right, ArrayView<float> bias, ArrayView<TY> y, ArrayView<float> moments, ProductShape product, GatherShape gather,
        RowGrid grid, OutputShape output)
        where TTile : struct, ITile
        where TY : unmanaged, IElement<TY> =>
        ProductLoop.Run<BFloat16Pairs, TTile, BFloats, GatheredTerms<BFloats>, AlongOuter<BFloats>, StoredRows<BFloats>, AlongOuter<BFloats>, TY>(
            left, right, bias, y, moments, product, gather, grid, output);
}
