using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>A thread per four channels of a token; the tokens of its taps come from the first-level cache, where its neighbours left them.</summary>
public static class CausalConv1dKernels
{
    private const int MinBlocks = 4;

    /// <summary>
    /// y_t = bias + Σ_p weight[p] x_{t + step (K-1-p)}, step 1 if reversed and -1 otherwise, over the taps that meet a token. The gradient of x is
    /// the same of dy, the other way round, added to dx.
    /// </summary>
    [CudaKernel(QuadPlan.BlockSize, MinBlocks)]
    public static void Convolve<[Instances(typeof(Aligned), typeof(Loose))] TAccess>(
        ArrayView<float> x, ArrayView<float> weight, ArrayView<float> bias, ArrayView<float> y, QuadPlan plan, int taps, int step, int accumulate)
        where TAccess : struct, IQuadAccess
    {
        var own = new QuadColumn(plan);
        if (own.Valid <= 0)
        {
            return;
        }

        var start = bias.Length > 0 ? TAccess.Load(bias, own.First, own.Valid) : default;
        for (var row = own.Row; row < own.EndRow; row += own.Step)
        {
            var sum = start;
            for (var p = 0; p < taps; p++)
            {
                var source = row + ((long)step * (taps - 1 - p));
                if (source >= 0 && source < plan.Rows)
                {
                    sum += TAccess.Load(weight, ((long)p * plan.Columns) + own.First, own.Valid)
                        * TAccess.Load(x, own.Start + (source * plan.Columns), own.Valid);
                }
            }

            var at = own.Start + (row * plan.Columns);
            TAccess.Store(y, at, own.Valid, accumulate != 0 ? TAccess.Load(y, at, own.Valid) + sum : sum);
        }
    }

    /// <summary>
    /// dweight[p, c] += Σ dy_t x_{t + step (K-1-p)} over batch and tokens: <see cref="ColumnSums"/> with these products in place of a matrix.
    /// </summary>
    [CudaKernel(ColumnSums.BlockSize, MinBlocks)]
    public static void WeightGradient(
        ArrayView<float> dy, ArrayView<float> x, ArrayView<float> dweight, ArrayView<float> partial, long rows, long share, int lanes, int tokens,
        int channels, int taps, int step)
    {
        var column = ColumnSums.Column(lanes);
        var sum = default(CompensatedSum);
        if (column < dweight.Length)
        {
            var p = (int)FastDivision.Of(column, channels);
            var c = column - ((long)p * channels);
            var distance = step * (taps - 1 - p);
            var (end, next) = (ColumnSums.End(rows, share), ColumnSums.BlockSize / lanes);
            for (var row = ColumnSums.First(share, lanes); row < end; row += next)
            {
                var token = row - (FastDivision.Of(row, tokens) * tokens) + distance;
                if (token >= 0 && token < tokens)
                {
                    sum.Add(dy[(row * channels) + c] * x[((row + distance) * channels) + c]);
                }
            }
        }

        ColumnSums.Finish(sum.Value, column, lanes, dweight, partial);
    }
}
