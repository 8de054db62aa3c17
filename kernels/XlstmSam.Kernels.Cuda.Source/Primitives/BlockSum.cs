using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>The sum over a block of 128 threads, pairwise, in double: for the second step of long sums.</summary>
internal static class BlockSum
{
    public const int BlockSize = 128;

    /// <param name="sums">One element per thread.</param>
    /// <returns>The sum, in every thread.</returns>
    public static double Of(ArrayView<double> sums, double value)
    {
        sums[Group.IdxX] = value;
        Group.Barrier();
        for (var offset = BlockSize / 2; offset > 0; offset >>= 1)
        {
            if (Group.IdxX < offset)
            {
                sums[Group.IdxX] += sums[Group.IdxX + offset];
            }

            Group.Barrier();
        }

        var total = sums[0];
        Group.Barrier();
        return total;
    }
}
