using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Reductions along an axis that is not the last: up to eight columns at once, one per lane.</summary>
internal static class ColumnReductions
{
    public static void Max(ColumnGroup x, ColumnGroup y) => y.Set(0, x.Max());

    public static void MaxBackward(ColumnGroup dy, ColumnGroup x, ColumnGroup y, ColumnGroup dx)
    {
        var (gradient, largest) = (dy[0], y[0]);
        for (long row = 0; row < x.Rows; row++)
        {
            // The gradient of a lane is spent at its first maximum.
            var hit = Vector256.Equals(x[row], largest);
            dx.Add(row, Vector256.ConditionalSelect(hit, gradient, Vector256<float>.Zero));
            gradient = Vector256.ConditionalSelect(hit, Vector256<float>.Zero, gradient);
        }
    }

    public static void Variance(ColumnGroup x, ColumnGroup y) =>
        y.Set(0, (x.SumOfSquares(x.Sum() / DoubleLanes.Of(x.Rows)) / DoubleLanes.Of(x.Rows - 1)).ToFloat());

    public static void VarianceBackward(ColumnGroup dy, ColumnGroup x, ColumnGroup dx)
    {
        var mean = x.Sum() / DoubleLanes.Of(x.Rows);
        var factor = DoubleLanes.Of(dy[0]) * DoubleLanes.Of(2.0 / (x.Rows - 1));
        for (long row = 0; row < x.Rows; row++)
        {
            dx.Add(row, (factor * (DoubleLanes.Of(x[row]) - mean)).ToFloat());
        }
    }

    public static void LogSumExp(ColumnGroup x, ColumnGroup y)
    {
        var shift = Finite(x.Max());
        y.Set(0, (DoubleLanes.Of(shift) + x.SumExp(shift).Log()).ToFloat());
    }

    public static void LogSumExpBackward(ColumnGroup dy, ColumnGroup x, ColumnGroup y, ColumnGroup dx)
    {
        var (gradient, total) = (dy[0], y[0]);
        for (long row = 0; row < x.Rows; row++)
        {
            dx.Add(row, gradient * Vector256.Exp(x[row] - total));
        }
    }

    public static void Softmax(ColumnGroup x, ColumnGroup y)
    {
        var shift = Finite(x.Max());
        var scale = (DoubleLanes.Of(1) / x.SumExp(shift)).ToFloat();
        for (long row = 0; row < x.Rows; row++)
        {
            y.Set(row, Vector256.Exp(x[row] - shift) * scale);
        }
    }

    public static void SoftmaxBackward(ColumnGroup dy, ColumnGroup y, ColumnGroup dx)
    {
        var dot = dy.Dot(y).ToFloat();
        for (long row = 0; row < y.Rows; row++)
        {
            dx.Add(row, y[row] * (dy[row] - dot));
        }
    }

    public static void CumulativeSum(ColumnGroup x, bool reverse, ColumnGroup y, bool accumulate)
    {
        var sum = default(DoubleLanes);
        for (long i = 0; i < x.Rows; i++)
        {
            var row = reverse ? x.Rows - 1 - i : i;
            sum += DoubleLanes.Of(x[row]);
            y.Set(row, (accumulate ? DoubleLanes.Of(y[row]) + sum : sum).ToFloat());
        }
    }

    // A column of nothing but -inf must not become inf - inf.
    private static Vector256<float> Finite(Vector256<float> shift) =>
        Vector256.ConditionalSelect(Vector256.IsFinite(shift), shift, Vector256<float>.Zero);
}
