using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>A separable Gaussian blur in place; the edge voxels repeat outwards.</summary>
internal static class GaussianBlur
{
    /// <param name="sigma">The deviation along each axis in millimetres; 0 leaves the axis alone.</param>
    public static void Apply(float[] values, VolumeGeometry geometry, Vector3d sigma)
    {
        var size = geometry.Size;
        var spacing = geometry.Spacing;
        Along(values, 1, size.X, sigma.X / spacing.X);
        Along(values, size.X, size.Y, sigma.Y / spacing.Y);
        Along(values, size.X * size.Y, size.Z, sigma.Z / spacing.Z);
    }

    private static void Along(float[] values, int inner, int length, double sigma)
    {
        if (sigma <= 0.05)
        {
            return;
        }

        var weights = Weights(sigma);
        var reach = weights.Length - 1;
        var slab = inner * length;
        var source = new float[slab];
        for (var start = 0; start < values.Length; start += slab)
        {
            values.AsSpan(start, slab).CopyTo(source);
            for (var i = 0; i < length; i++)
            {
                var target = values.AsSpan(start + (i * inner), inner);
                var middle = source.AsSpan(i * inner, inner);
                for (var k = 0; k < target.Length; k++)
                {
                    target[k] = weights[0] * middle[k];
                }

                for (var tap = 1; tap <= reach; tap++)
                {
                    var before = source.AsSpan(Math.Max(i - tap, 0) * inner, inner);
                    var after = source.AsSpan(Math.Min(i + tap, length - 1) * inner, inner);
                    for (var k = 0; k < target.Length; k++)
                    {
                        target[k] += weights[tap] * (before[k] + after[k]);
                    }
                }
            }
        }
    }

    // Half the kernel, its centre first; the whole sums to 1.
    private static float[] Weights(double sigma)
    {
        var weights = new float[1 + (int)Math.Ceiling(2.5 * sigma)];
        var sum = 0.0;
        for (var tap = 0; tap < weights.Length; tap++)
        {
            weights[tap] = (float)Math.Exp(-0.5 * tap * tap / (sigma * sigma));
            sum += tap == 0 ? weights[tap] : 2 * weights[tap];
        }

        for (var tap = 0; tap < weights.Length; tap++)
        {
            weights[tap] /= (float)sum;
        }

        return weights;
    }
}
