using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Products with the blocks of a block-diagonal matrix (Blocks, Size out, Size in), or with their transposes.</summary>
public static class HeadwiseLinearKernels
{
    private const int MinBlocks = 4;

    /// <summary>Which element of a block takes input i to output o.</summary>
    public interface IOrientation
    {
        static abstract int Index(int o, int i, int size);
    }

    /// <summary>Size divides 4: a thread keeps the weights of four channels, 4 x 4 with zeros between blocks, and goes down the rows.</summary>
    [CudaKernel(QuadPlan.BlockSize, MinBlocks)]
    public static void Small<[Instances(typeof(Straight), typeof(Transposed))] TOrientation>(
        ArrayView<float> x, ArrayView<float> weight, ArrayView<float> y, QuadPlan plan, int size, int accumulate)
        where TOrientation : struct, IOrientation
    {
        var own = new QuadColumn(plan);
        if (own.Valid <= 0)
        {
            return;
        }

        // Column i of the 4 x 4 weights: what input i adds to the four outputs.
        var w0 = Weights<TOrientation>(weight, own.First, 0, size);
        var w1 = Weights<TOrientation>(weight, own.First, 1, size);
        var w2 = Weights<TOrientation>(weight, own.First, 2, size);
        var w3 = Weights<TOrientation>(weight, own.First, 3, size);
        for (var row = own.Row; row < own.EndRow; row += own.Step)
        {
            var at = own.Start + (row * plan.Columns);
            var a = Aligned.Load(x, at, 4);
            var sum = ((w0 * a.X) + (w1 * a.Y)) + ((w2 * a.Z) + (w3 * a.W));
            Aligned.Store(y, at, 4, accumulate != 0 ? Aligned.Load(y, at, 4) + sum : sum);
        }
    }

    /// <summary>Any size: a thread per output.</summary>
    [CudaKernel(256, MinBlocks)]
    public static void General<[Instances(typeof(Straight), typeof(Transposed))] TOrientation>(
        ArrayView<float> x, ArrayView<float> weight, ArrayView<float> y, int channels, int size, int accumulate)
        where TOrientation : struct, IOrientation
    {
        for (var n = Threads.Index; n < y.Length; n += Threads.Count)
        {
            var column = (int)(n - (FastDivision.Of(n, channels) * channels));
            var block = column / size;
            var o = column - (block * size);
            var sum = 0f;
            for (var i = 0; i < size; i++)
            {
                sum += weight[((long)block * size * size) + TOrientation.Index(o, i, size)] * x[n - o + i];
            }

            y[n] = accumulate != 0 ? y[n] + sum : sum;
        }
    }

    /// <summary>dweight[b, o, i] += Σ_r dy[r, b, o] x[r, b, i]: <see cref="ColumnSums"/> with these products in place of a matrix.</summary>
    [CudaKernel(ColumnSums.BlockSize, MinBlocks)]
    public static void WeightGradient(ArrayView<float> dy, ArrayView<float> x, ArrayView<float> dweight, ArrayView<float> partial, long rows, long share, int lanes, int channels, int size)
    {
        var column = ColumnSums.Column(lanes);
        var sum = default(CompensatedSum);
        if (column < dweight.Length)
        {
            var output = (int)FastDivision.Of(column, size);
            var input = (output / size * size) + (int)(column - ((long)output * size));
            var (end, step) = (ColumnSums.End(rows, share), ColumnSums.BlockSize / lanes);
            for (var row = ColumnSums.First(share, lanes); row < end; row += step)
            {
                sum.Add(dy[(row * channels) + output] * x[(row * channels) + input]);
            }
        }

        ColumnSums.Finish(sum.Value, column, lanes, dweight, partial);
    }

    private static Float4 Weights<TOrientation>(ArrayView<float> weight, int first, int i, int size)
        where TOrientation : struct, IOrientation =>
        new(
            Weight<TOrientation>(weight, first, 0, i, size),
            Weight<TOrientation>(weight, first, 1, i, size),
            Weight<TOrientation>(weight, first, 2, i, size),
            Weight<TOrientation>(weight, first, 3, i, size));

    private static float Weight<TOrientation>(ArrayView<float> weight, int first, int o, int i, int size)
        where TOrientation : struct, IOrientation
    {
        var block = o / size;
        return block == i / size ? weight[((long)((first / size) + block) * size * size) + TOrientation.Index(o % size, i % size, size)] : 0;
    }

    public readonly struct Straight : IOrientation
    {
        public static int Index(int o, int i, int size) => (o * size) + i;
    }

    public readonly struct Transposed : IOrientation
    {
        public static int Index(int o, int i, int size) => (i * size) + o;
    }
}
