using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Operations on contiguous runs of floats. Sums are double: four lanes of partial sums, folded at the end in a fixed order.</summary>
internal static unsafe class FloatVectorOps
{
    private const int Lanes = 8;

    public static void Copy(float* source, float* target, long count) =>
        Buffer.MemoryCopy(source, target, count * sizeof(float), count * sizeof(float));

    public static void Add(float* source, float* target, long count)
    {
        long i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            (Vector256.Load(target + i) + Vector256.Load(source + i)).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] += source[i];
        }
    }

    public static void Move(float* source, float* target, long count, bool accumulate)
    {
        if (accumulate)
        {
            Add(source, target, count);
        }
        else
        {
            Copy(source, target, count);
        }
    }

    /// <summary>target = scale source, or target += scale source.</summary>
    public static void Scaled(float* source, float scale, float* target, long count, bool accumulate)
    {
        var factor = Vector256.Create(scale);
        long i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var product = Vector256.Load(source + i) * factor;
            (accumulate ? Vector256.Load(target + i) + product : product).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] = accumulate ? target[i] + (source[i] * scale) : source[i] * scale;
        }
    }

    public static void AddConstant(float value, float* target, long count)
    {
        var constant = Vector256.Create(value);
        long i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            (Vector256.Load(target + i) + constant).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] += value;
        }
    }

    public static float Max(float* x, long count)
    {
        var largest = x[0];
        long i = 0;
        if (count >= Lanes)
        {
            var lanes = Vector256.Load(x);
            for (i = Lanes; i <= count - Lanes; i += Lanes)
            {
                lanes = Vector256.Max(lanes, Vector256.Load(x + i));
            }

            for (var lane = 0; lane < Lanes; lane++)
            {
                largest = MathF.Max(largest, lanes[lane]);
            }
        }

        for (; i < count; i++)
        {
            largest = MathF.Max(largest, x[i]);
        }

        return largest;
    }

    public static double Sum(float* x, long count)
    {
        var (a, b) = (Vector256<double>.Zero, Vector256<double>.Zero);
        long i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(x + i));
            a += low;
            b += high;
        }

        var sum = Vector256.Sum(a + b);
        for (; i < count; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    /// <summary>Σ (x - center)².</summary>
    public static double SumOfSquares(float* x, double center, long count)
    {
        var (a, b, c) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256.Create(center));
        long i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(x + i));
            a += (low - c) * (low - c);
            b += (high - c) * (high - c);
        }

        var sum = Vector256.Sum(a + b);
        for (; i < count; i++)
        {
            sum += (x[i] - center) * (x[i] - center);
        }

        return sum;
    }

    public static double Dot(float* x, float* y, long count)
    {
        var (a, b) = (Vector256<double>.Zero, Vector256<double>.Zero);
        long i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var (xLow, xHigh) = Vector256.Widen(Vector256.Load(x + i));
            var (yLow, yHigh) = Vector256.Widen(Vector256.Load(y + i));
            a += xLow * yLow;
            b += xHigh * yHigh;
        }

        var sum = Vector256.Sum(a + b);
        for (; i < count; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }

    /// <summary>y = exp(x - shift) if y is given; returns the sum.</summary>
    public static double Exp(float* x, float shift, float* y, long count)
    {
        var (a, b, s) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256.Create(shift));
        long i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var exponential = Vector256.Exp(Vector256.Load(x + i) - s);
            var (low, high) = Vector256.Widen(exponential);
            a += low;
            b += high;
            if (y is not null)
            {
                exponential.Store(y + i);
            }
        }

        var sum = Vector256.Sum(a + b);
        for (; i < count; i++)
        {
            var exponential = MathF.Exp(x[i] - shift);
            sum += exponential;
            if (y is not null)
            {
                y[i] = exponential;
            }
        }

        return sum;
    }
}
