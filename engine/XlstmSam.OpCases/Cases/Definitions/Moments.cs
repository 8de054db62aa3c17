using System.Numerics;

namespace XlstmSam.OpCases;

/// <summary>Mean and 1 / sqrt(variance + epsilon), naive, as the norms define them.</summary>
internal static class Moments
{
    /// <summary>Over x[first], x[first + step], ... before end.</summary>
    public static (T Mean, T Rstd) Of<T>(T[] x, int first, int end, int step, double epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var count = T.CreateChecked((end - first + step - 1) / step);
        var sum = T.Zero;
        for (var i = first; i < end; i += step)
        {
            sum += x[i];
        }

        var (mean, squares) = (sum / count, T.Zero);
        for (var i = first; i < end; i += step)
        {
            squares += (x[i] - mean) * (x[i] - mean);
        }

        return (mean, T.One / T.Sqrt((squares / count) + T.CreateChecked(epsilon)));
    }
}
