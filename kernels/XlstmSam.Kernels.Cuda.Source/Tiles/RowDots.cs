using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Products of rows with rows.</summary>
internal static class RowDots
{
    /// <summary>a[row] · b[row] without their weights, by one warp; 0 beyond the last row. Every lane gets it.</summary>
    public static float Of(WeightedRows a, WeightedRows b, int row)
    {
        var sum = 0f;
        for (var column = Group.IdxX % 32; column < a.Width; column += 32)
        {
            sum += a.At(row, column) * b.At(row, column);
        }

        for (var mask = 16; mask > 0; mask >>= 1)
        {
            sum += Warp.ShuffleXor(sum, mask);
        }

        return sum;
    }
}
