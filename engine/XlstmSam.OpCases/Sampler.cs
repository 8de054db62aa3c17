using System.Numerics;
using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>Inputs of cases: the same seed gives the same values on every machine, because each value is a hash of (seed, index).</summary>
public static class Sampler
{
    /// <summary>Uniform in [low, high).</summary>
    public static Sample Uniform(int seed, Shape shape, float low = -1, float high = 1, bool differentiable = true) =>
        new(shape, Fill(shape.Length, i => (float)(low + ((high - low) * Unit(seed, i)))), differentiable);

    /// <summary>Normal by Box and Muller.</summary>
    public static Sample Normal(int seed, Shape shape, float mean = 0, float deviation = 1, bool differentiable = true) =>
        new(shape, Fill(shape.Length, i => (float)(mean + (deviation * Gauss(seed, i)))), differentiable);

    /// <summary>Uniform in [low, high), but no closer than <paramref name="margin"/> to any kink: such values move away from it.</summary>
    public static Sample AwayFrom(
        int seed, Shape shape, ReadOnlySpan<float> kinks, float margin = 0.01f, float low = -1, float high = 1, bool differentiable = true)
    {
        var sample = Uniform(seed, shape, low, high, differentiable);
        foreach (ref var value in sample.Values.AsSpan())
        {
            foreach (var kink in kinks)
            {
                if (MathF.Abs(value - kink) < margin)
                {
                    value = value < kink ? value - margin : value + margin;
                }
            }
        }

        return sample;
    }

    /// <summary>
    /// Values of which any two differ by at least half of <paramref name="step"/>, in random order around zero: maxima are then far from ties.
    /// </summary>
    public static Sample Distinct(int seed, Shape shape, float step = 0.05f, bool differentiable = true)
    {
        var rank = Permutation(seed, checked((int)shape.Length));
        var middle = (rank.Length - 1) / 2f;
        return new(shape, Fill(rank.Length, i => (float)(step * (rank[i] - middle + (0.5 * Unit(seed + 1, i))))), differentiable);
    }

    /// <summary>Values drawn from a short list: the edges that a case must hit, such as gates of -20, 0 and 20.</summary>
    public static Sample Choice(int seed, Shape shape, float[] values, bool differentiable = true) =>
        new(shape, Fill(shape.Length, i => values[(int)(Unit(seed, i) * values.Length)]), differentiable);

    /// <summary>0 .. count - 1 in random order.</summary>
    public static int[] Permutation(int seed, int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var other = (int)(Unit(seed, i) * (i + 1));
            (order[i], order[other]) = (order[other], i);
        }

        return order;
    }

    /// <summary>Row numbers in [0, limit), repeats included.</summary>
    public static int[] Indices(int seed, int count, int limit)
    {
        var rows = new int[count];
        for (var i = 0; i < count; i++)
        {
            rows[i] = (int)(Unit(seed, i) * limit);
        }

        return rows;
    }

    /// <summary>Labels that are 1 with the given probability.</summary>
    public static byte[] Labels(int seed, long count, double probability = 0.5)
    {
        var labels = new byte[count];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = Unit(seed, i) < probability ? (byte)1 : (byte)0;
        }

        return labels;
    }

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public static double Unit(int seed, long index) => (Hash(seed, index) >> 11) * (1.0 / (1L << 53));

    private static double Gauss(int seed, long index) =>
        Math.Sqrt(-2 * Math.Log(1 - Unit(seed, 2 * index))) * Math.Cos(2 * Math.PI * Unit(seed, (2 * index) + 1));

    // The finaliser of SplitMix64, applied to seed and index one after the other.
    private static ulong Hash(int seed, long index) => Mix(Mix((ulong)seed + 0x9E3779B97F4A7C15) + (ulong)index);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return BitOperations.RotateLeft(z ^ (z >> 31), 17);
    }

    private static float[] Fill(long length, Func<int, float> value)
    {
        var values = new float[length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(i);
        }

        return values;
    }
}
