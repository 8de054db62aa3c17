namespace XlstmSam.Kernels.Cpu;

/// <summary>Reductions along the last axis: rows of Length contiguous floats.</summary>
internal static unsafe class RowReductions
{
    public static void Max(float* x, long length, float* y) => *y = FloatVectorOps.Max(x, length);

    public static void MaxBackward(float dy, float* x, long length, float y, float* dx)
    {
        for (long i = 0; i < length; i++)
        {
            if (x[i] == y)
            {
                dx[i] += dy;
                return;
            }
        }
    }

    public static void Variance(float* x, long length, float* y) =>
        *y = (float)(FloatVectorOps.SumOfSquares(x, FloatVectorOps.Sum(x, length) / length, length) / (length - 1));

    // dx = dy 2 (x - mean) / (length - 1)
    public static void VarianceBackward(float dy, float* x, long length, float* dx)
    {
        var mean = FloatVectorOps.Sum(x, length) / length;
        var factor = 2.0 * dy / (length - 1);
        for (long i = 0; i < length; i++)
        {
            dx[i] += (float)(factor * (x[i] - mean));
        }
    }

    public static void LogSumExp(float* x, long length, float* y)
    {
        var shift = Finite(FloatVectorOps.Max(x, length));
        *y = (float)(shift + Math.Log(FloatVectorOps.Exp(x, shift, null, length)));
    }

    // dx = dy exp(x - y)
    public static void LogSumExpBackward(float dy, float* x, long length, float y, float* dx)
    {
        for (long i = 0; i < length; i++)
        {
            dx[i] += dy * MathF.Exp(x[i] - y);
        }
    }

    public static void Softmax(float* x, long length, float* y)
    {
        var sum = FloatVectorOps.Exp(x, Finite(FloatVectorOps.Max(x, length)), y, length);
        FloatVectorOps.Scaled(y, (float)(1 / sum), y, length, accumulate: false);
    }

    // dx = y (dy - Σ dy y)
    public static void SoftmaxBackward(float* dy, float* y, long length, float* dx)
    {
        var dot = (float)FloatVectorOps.Dot(dy, y, length);
        for (long i = 0; i < length; i++)
        {
            dx[i] += y[i] * (dy[i] - dot);
        }
    }

    public static void CumulativeSum(float* x, long length, bool reverse, float* y, bool accumulate)
    {
        var sum = 0.0;
        for (long i = 0; i < length; i++)
        {
            var at = reverse ? length - 1 - i : i;
            sum += x[at];
            y[at] = (float)(accumulate ? y[at] + sum : sum);
        }
    }

    // A row of nothing but -inf must not become inf - inf.
    private static float Finite(float shift) => float.IsFinite(shift) ? shift : 0;
}
