namespace XlstmSam.Engine.Streams;

/// <summary>The distributions drawn from a <see cref="RandomStream"/>.</summary>
public static class RandomDistributions
{
    private const double SmallPoissonMean = 10;

    public static double Uniform(this ref RandomStream stream, double from, double to) => from + ((to - from) * stream.NextDouble());

    public static bool Bernoulli(this ref RandomStream stream, double probability) => stream.NextDouble() < probability;

    /// <summary>Box-Muller from two words; the second normal is discarded so that every draw moves the stream by the same amount.</summary>
    public static float Normal(this ref RandomStream stream)
    {
        // (0, 1]: the logarithm is finite, |normal| <= 6.7.
        var radius = MathF.Sqrt(-2 * MathF.Log((stream.NextUInt32() + 1f) * (1f / 4294967296f)));
        return radius * MathF.Cos(2 * MathF.PI * stream.NextFloat());
    }

    public static double Normal(this ref RandomStream stream, double mean, double deviation) => mean + (deviation * stream.Normal());

    /// <summary>Fills the span with standard normals, both of every Box-Muller pair; takes one word per value, rounded up to even.</summary>
    public static void FillNormal(this ref RandomStream stream, Span<float> values)
    {
        for (var i = 0; i < values.Length; i += 2)
        {
            var radius = MathF.Sqrt(-2 * MathF.Log((stream.NextUInt32() + 1f) * (1f / 4294967296f)));
            var (sin, cos) = MathF.SinCos(2 * MathF.PI * stream.NextFloat());
            values[i] = radius * cos;
            if (i + 1 < values.Length)
            {
                values[i + 1] = radius * sin;
            }
        }
    }

    /// <summary>A whole number in [0, n), every one equally likely (Lemire 2019: multiply, reject the short residue).</summary>
    public static int Int(this ref RandomStream stream, int n)
    {
        if (n <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(n), n, $"RandomStream.Int: n is {n}; expected at least 1.");
        }

        var product = (ulong)stream.NextUInt32() * (uint)n;
        if ((uint)product < (uint)n)
        {
            var residue = (uint)-n % (uint)n;
            while ((uint)product < residue)
            {
                product = (ulong)stream.NextUInt32() * (uint)n;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Fisher-Yates.</summary>
    public static void Shuffle<T>(this ref RandomStream stream, Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = stream.Int(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>A Poisson count: by inversion for means below 10, by Hörmann's PTRS rejection (1993) from there on.</summary>
    public static long Poisson(this ref RandomStream stream, double mean)
    {
        if (!(mean >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(mean), mean, $"RandomStream.Poisson: mean is {mean}; expected 0 or more.");
        }

        return mean < SmallPoissonMean ? PoissonByInversion(ref stream, mean) : PoissonByRejection(ref stream, mean);
    }

    private static long PoissonByInversion(ref RandomStream stream, double mean)
    {
        var u = stream.NextDouble();
        var probability = Math.Exp(-mean);
        var count = 0L;

        // The cap only stops the loop when rounding leaves the summed probabilities below u; P(count > 200) < 1e-180.
        while (u >= probability && count < 200)
        {
            u -= probability;
            probability *= mean / ++count;
        }

        return count;
    }

    private static long PoissonByRejection(ref RandomStream stream, double mean)
    {
        var logMean = Math.Log(mean);
        var b = 0.931 + (2.53 * Math.Sqrt(mean));
        var a = -0.059 + (0.02483 * b);
        var inverseAlpha = 1.1239 + (1.1328 / (b - 3.4));
        var quick = 0.9277 - (3.6224 / (b - 2));
        while (true)
        {
            var u = stream.NextDouble() - 0.5;
            var v = 1 - stream.NextDouble();
            var us = 0.5 - Math.Abs(u);
            var count = Math.Floor((((2 * a / us) + b) * u) + mean + 0.43);
            if (us >= 0.07 && v <= quick)
            {
                return (long)count;
            }

            if (count < 0 || (us < 0.013 && v > us))
            {
                continue;
            }

            var hat = Math.Log(v) + Math.Log(inverseAlpha) - Math.Log((a / (us * us)) + b);
            if (hat <= (count * logMean) - mean - LogFactorial(count))
            {
                return (long)count;
            }
        }
    }

    // ln n! by Stirling's series about n + 10, which is exact to 1e-14, taken back to n by the recurrence.
    private static double LogFactorial(double n)
    {
        var shift = 1.0;
        var x = n + 1;
        while (x < 10)
        {
            shift *= x++;
        }

        var inverse = 1 / x;
        var square = inverse * inverse;
        var series = inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square / 1680))))));
        return ((x - 0.5) * Math.Log(x)) - x + 0.91893853320467274 + series - Math.Log(shift);
    }
}
