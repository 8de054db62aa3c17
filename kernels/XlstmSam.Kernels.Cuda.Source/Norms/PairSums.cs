using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>The second step of two sums over the rows of every column.</summary>
public static class PairSums
{
    /// <summary>
    /// A block per column adds what the blocks of the first step left in partial (Samples, Shares, 2, Columns). The totals go onto first and
    /// second (Columns), their means over the rows of a sample to means (Samples, 2, Columns); what is not wanted is empty.
    /// </summary>
    [CudaKernel(BlockSum.BlockSize, minBlocks: 4)]
    public static void Finish(ArrayView<float> partial, ArrayView<float> means, ArrayView<float> first, ArrayView<float> second, QuadPlan plan)
    {
        var room = SharedMemory.Allocate<double>(BlockSum.BlockSize);
        long columns = plan.Columns;
        double total = 0, secondTotal = 0;
        for (var n = 0; n < plan.Samples; n++)
        {
            double sum = 0, secondSum = 0;
            for (var share = Group.IdxX; share < plan.Shares; share += BlockSum.BlockSize)
            {
                var at = ((((long)n * plan.Shares) + share) * 2 * columns) + Grid.IdxX;
                sum += partial[at];
                secondSum += partial[at + columns];
            }

            sum = BlockSum.Of(room, sum);
            secondSum = BlockSum.Of(room, secondSum);
            (total, secondTotal) = (total + sum, secondTotal + secondSum);
            if (Group.IdxX == 0 && means.Length > 0)
            {
                means[(2 * n * columns) + Grid.IdxX] = (float)(sum / plan.Rows);
                means[(((2 * n) + 1) * columns) + Grid.IdxX] = (float)(secondSum / plan.Rows);
            }
        }

        if (Group.IdxX == 0 && first.Length > 0)
        {
            first[Grid.IdxX] += (float)total;
        }

        if (Group.IdxX == 0 && second.Length > 0)
        {
            second[Grid.IdxX] += (float)secondTotal;
        }
    }
}
