using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Mean and 1 / sqrt(variance + epsilon) of every column of every sample, in one sweep over x. A thread takes four rows at a time, their moments
/// about their own mean, and merges them by Chan's formula; everything is relative to the column's first element, so that nothing cancels.
/// </summary>
public static class MomentKernels
{
    /// <param name="partial">(Samples, Shares, 2, Columns): mean and Σ (x - mean)² of each block. Not written where a block has all rows.</param>
    [CudaKernel(QuadPlan.BlockSize, minBlocks: 4)]
    public static void Partial<[Instances(typeof(Aligned), typeof(Loose))] TAccess>(
        ArrayView<float> x, ArrayView<float> mean, ArrayView<float> rstd, ArrayView<float> partial, QuadPlan plan, float epsilon)
        where TAccess : struct, IQuadAccess
    {
        var sums = SharedMemory.Allocate<Float4>(QuadPlan.BlockSize);
        var own = new QuadColumn(plan);
        var pivot = own.Valid > 0 ? TAccess.Load(x, own.Start, own.Valid) : default;
        var (row, pitch) = (own.Row, (long)own.Step * plan.Columns);
        var at = own.Start + (row * plan.Columns);
        Float4 average = default, squares = default;
        var count = 0f;
        for (; row + (3L * own.Step) < own.EndRow; row += 4L * own.Step, at += 4 * pitch)
        {
            var (a, b) = (TAccess.Load(x, at, own.Valid) - pivot, TAccess.Load(x, at + pitch, own.Valid) - pivot);
            var (c, d) = (TAccess.Load(x, at + (2 * pitch), own.Valid) - pivot, TAccess.Load(x, at + (3 * pitch), own.Valid) - pivot);
            var centre = ((a + b) + (c + d)) * 0.25f;
            (a, b, c, d) = (a - centre, b - centre, c - centre, d - centre);
            Merge(ref average, ref squares, count, centre, ((a * a) + (b * b)) + ((c * c) + (d * d)), 4);
            count += 4;
        }

        for (; row < own.EndRow; row += own.Step, at += pitch)
        {
            Merge(ref average, ref squares, count, TAccess.Load(x, at, own.Valid) - pivot, default, 1);
            count += 1;
        }

        var first = Grid.IdxY * plan.Share;
        var rows = plan.Rows - first < plan.Share ? plan.Rows - first : plan.Share;
        var all = own.Fold(sums, average * count) * (1f / rows);
        var distance = average - all;
        var deviation = own.Fold(sums, squares + (distance * distance * count));
        if (!own.IsFirst)
        {
            return;
        }

        if (Grid.DimY == 1)
        {
            var variance = deviation * (1f / rows);
            TAccess.Store(mean, own.Plane, own.Valid, pivot + all);
            TAccess.Store(rstd, own.Plane, own.Valid,
                new(Inverse(variance.X, epsilon), Inverse(variance.Y, epsilon), Inverse(variance.Z, epsilon), Inverse(variance.W, epsilon)));
        }
        else
        {
            TAccess.Store(partial, own.Partial, own.Valid, all);
            TAccess.Store(partial, own.Partial + plan.Columns, own.Valid, deviation);
        }
    }

    /// <summary>A block per (column, sample) merges what the blocks of <see cref="Partial"/> have: their mean, then the squares about it.</summary>
    [CudaKernel(BlockSum.BlockSize, minBlocks: 4)]
    public static void Finish(ArrayView<float> x, ArrayView<float> partial, ArrayView<float> mean, ArrayView<float> rstd, QuadPlan plan, float epsilon)
    {
        var sums = SharedMemory.Allocate<double>(BlockSum.BlockSize);
        long columns = plan.Columns;
        var first = (Grid.IdxY * plan.Shares * 2L * columns) + Grid.IdxX;
        var sum = 0.0;
        for (var share = Group.IdxX; share < plan.Shares; share += BlockSum.BlockSize)
        {
            sum += (double)partial[first + (share * 2L * columns)] * Count(plan, share);
        }

        var average = BlockSum.Of(sums, sum) / plan.Rows;
        sum = 0;
        for (var share = Group.IdxX; share < plan.Shares; share += BlockSum.BlockSize)
        {
            var distance = partial[first + (share * 2L * columns)] - average;
            sum += partial[first + (((share * 2L) + 1) * columns)] + (distance * distance * Count(plan, share));
        }

        var variance = BlockSum.Of(sums, sum) / plan.Rows;
        if (Group.IdxX == 0)
        {
            var plane = (Grid.IdxY * columns) + Grid.IdxX;
            mean[plane] = (float)(x[(Grid.IdxY * plan.Rows * columns) + Grid.IdxX] + average);
            rstd[plane] = Inverse((float)variance, epsilon);
        }
    }

    private static double Count(QuadPlan plan, int share)
    {
        var left = plan.Rows - (share * plan.Share);
        return left < plan.Share ? left : plan.Share;
    }

    /// <summary>Takes in some more elements: their number, mean and squares about it.</summary>
    private static void Merge(ref Float4 average, ref Float4 squares, float count, Float4 centre, Float4 deviation, float more)
    {
        var distance = centre - average;
        var weight = more / (count + more);
        average += distance * weight;
        squares += deviation + (distance * distance * (count * weight));
    }

    private static float Inverse(float variance, float epsilon) => 1 / MathF.Sqrt(variance + epsilon);
}
