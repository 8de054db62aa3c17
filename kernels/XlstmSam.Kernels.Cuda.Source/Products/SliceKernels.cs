using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>The second step of a product whose sum was split in slices.</summary>
internal static class SliceKernels
{
    /// <summary>y = activation(Σ_s partial[s] + bias), or y += Σ_s: every partial result is dense, y where the rows of the product go.</summary>
    [CudaKernel(256, minBlocks: 4)]
    public static void Sum<[Instances(typeof(FloatElement), typeof(BFloatElement))] TY>(
        ArrayView<float> partial, ArrayView<float> bias, ArrayView<TY> y, int slices, ProductShape product, RowGrid grid, OutputShape output)
        where TY : unmanaged, IElement<TY>
    {
        var length = partial.Length / slices;
        var (rows, columns) = output.Transposed != 0 ? (product.N, product.M) : (product.M, product.N);
        for (var i = Threads.Index; i < length; i += Threads.Count)
        {
            var sum = default(CompensatedSum);
            for (var at = i; at < partial.Length; at += length)
            {
                sum.Add(partial[at]);
            }

            var line = (int)i / columns;
            var (matrix, row, column) = (line / rows, line % rows, (int)i - (line * columns));
            var start = ProductOutput.RowStart(row, grid, output);
            if (start >= 0)
            {
                var at = ProductOutput.MatrixStart(matrix, product) + start + column;
                ProductOutput.WriteOne(sum.Value, column, at, bias, y, output);
            }
        }
    }
}
