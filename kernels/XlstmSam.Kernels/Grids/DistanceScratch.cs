namespace XlstmSam.Kernels.Grids;

/// <summary>The buffers one thread needs for a distance transform: one slice of squared distances and one line.</summary>
public sealed class DistanceScratch
{
    private DistanceLine line = new(0);
    private double[] slice = [];

    /// <summary>Squared distances of the slice computed last, x fastest; infinite without a feature.</summary>
    public ReadOnlySpan<double> Slice(Extent3 size) => slice.AsSpan(0, size.W * size.H);

    // steps: voxels to the nearest feature of the same column along z, or DistanceTransform.Far.
    internal void Compute(ReadOnlySpan<int> steps, Extent3 size, Spacing3 spacing)
    {
        Reserve(size);
        for (var i = 0; i < steps.Length; i++)
        {
            var step = steps[i] * spacing.D;
            slice[i] = steps[i] == DistanceTransform.Far ? double.PositiveInfinity : step * step;
        }

        for (var x = 0; x < size.W; x++)
        {
            Pass(x, size.W, size.H, spacing.H);
        }

        for (var y = 0; y < size.H; y++)
        {
            Pass(y * size.W, 1, size.W, spacing.W);
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

    private void Reserve(Extent3 size)
    {
        if (slice.Length < size.W * size.H)
        {
            slice = new double[size.W * size.H];
        }

        if (line.Values.Length < Math.Max(size.W, size.H))
        {
            line = new(Math.Max(size.W, size.H));
        }
    }
}
