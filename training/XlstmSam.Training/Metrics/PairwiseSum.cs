namespace XlstmSam.Training.Metrics;

/// <summary>Sums of doubles in numpy's order (pairwise, eight accumulators), so that scores agree to the last bit.</summary>
public static class PairwiseSum
{
    private const int Block = 128;

    public static double Sum(ReadOnlySpan<double> values)
    {
        if (values.Length < 8)
        {
            var total = 0.0;
            foreach (var value in values)
            {
                total += value;
            }

            return total;
        }

        if (values.Length <= Block)
        {
            return BlockSum(values);
        }

        var half = values.Length / 2;
        half -= half % 8;
        return Sum(values[..half]) + Sum(values[half..]);
    }

    /// <summary>The mean; NaN when there is nothing to average.</summary>
    public static double Mean(ReadOnlySpan<double> values) => Sum(values) / values.Length;

    private static double BlockSum(ReadOnlySpan<double> v)
    {
        var (r0, r1, r2, r3, r4, r5, r6, r7) = (v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
        var i = 8;
        for (; i < v.Length - (v.Length % 8); i += 8)
        {
            r0 += v[i];
            r1 += v[i + 1];
            r2 += v[i + 2];
            r3 += v[i + 3];
            r4 += v[i + 4];
            r5 += v[i + 5];
            r6 += v[i + 6];
            r7 += v[i + 7];
        }

        var total = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7));
        for (; i < v.Length; i++)
        {
            total += v[i];
        }

        return total;
    }
}
