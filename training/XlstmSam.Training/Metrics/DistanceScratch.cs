using XlstmSam.Imaging;

namespace XlstmSam.Training.Metrics;

/// <summary>The buffers one thread needs for a distance transform: one slice of squared distances and one line.</summary>
public sealed class DistanceScratch
{
    private DistanceLine line = new(0);
    private double[] slice = [];

    /// <summary>Squared distances of the slice computed last, x fastest; infinite without a feature.</summary>
    public ReadOnlySpan<double> Slice(Size3 size) => slice.AsSpan(0, size.X * size.Y);

    // steps: voxels to the nearest feature of the same column along z, or DistanceTransform.Far.
    internal void Compute(ReadOnlySpan<int> steps, Size3 size, Vector3d spacing)
    {
        Reserve(size);
        for (var i = 0; i < steps.Length; i++)
        {
            var step = steps[i] * spacing.Z;
            slice[i] = steps[i] == DistanceTransform.Far ? double.PositiveInfinity : step * step;
        }

        for (var x = 0; x < size.X; x++)
        {
            Pass(x, size.X, size.Y, spacing.Y);
        }

        for (var y = 0; y < size.Y; y++)
        {
            Pass(y * size.X, 1, size.X, spacing.X);
        }
    }

    private void Pass(int start, int stride, int count, double spacing)
    {
        var values = line.Values;
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            var value = slice[start + (i * stride)];
            values[i] = value;
            sum += value;
        }

        if (sum == 0)
        {
            return;
        }

        line.Transform(count, spacing);
        for (var i = 0; i < count; i++)
        {
            slice[start + (i * stride)] = values[i];
        }
    }

    private void Reserve(Size3 size)
    {
        if (slice.Length < size.X * size.Y)
        {
            slice = new double[size.X * size.Y];
        }

        if (line.Values.Length < Math.Max(size.X, size.Y))
        {
            line = new(Math.Max(size.X, size.Y));
        }
    }
}
