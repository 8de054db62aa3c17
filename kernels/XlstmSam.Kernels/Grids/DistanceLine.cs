namespace XlstmSam.Kernels.Grids;

/// <summary>One line of a separable squared distance transform: g[i] becomes min over j of g[j] + ((j - i) * spacing)^2.</summary>
// Lower envelope of parabolas after Maurer, Qi and Raghavan (2003), with the comparisons and the tie rule of
// scipy.ndimage.distance_transform_edt, so that anisotropic distances agree to the last bit. No division anywhere:
// with spacing 1 every intermediate is an integer below 2^53 and the result is exact.
internal sealed class DistanceLine(int length)
{
    private readonly int[] places = new int[length];
    private readonly double[] heights = new double[length];

    public double[] Values { get; } = new double[length];

    // A zero hides everything behind it, so the stretches between zeros are independent.
    public void Transform(int count, double spacing)
    {
        var values = Values.AsSpan(0, count);
        var from = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] == 0)
            {
                if (i > from + 1 || values[from] != 0)
                {
                    Stretch(from, i, spacing);
                }

                from = i;
            }
        }

        Stretch(from, count - 1, spacing);
    }

    private void Stretch(int first, int last, double spacing)
    {
        if (last - first <= 3 && Values[first] == 0 && Values[last] == 0)
        {
            // At most two voxels, each next to a zero: nothing else can be nearer than that zero or the voxel's own height.
            for (var i = first + 1; i < last; i++)
            {
                Values[i] = Math.Min(Values[i], spacing * spacing);
            }

            return;
        }

        var top = Envelope(first, last, spacing);
        if (top < 0)
        {
            return;
        }

        var k = 0;
        for (var i = first; i <= last; i++)
        {
            var distance = At(k, i, spacing);
            while (k < top)
            {
                var next = At(k + 1, i, spacing);
                if (distance <= next)
                {
                    break;
                }

                distance = next;
                k++;
            }

            Values[i] = distance;
        }
    }

    private double At(int k, int i, double spacing)
    {
        var step = (places[k] - i) * spacing;
        return heights[k] + (step * step);
    }

    private int Envelope(int first, int last, double spacing)
    {
        var top = -1;
        for (var i = first; i <= last; i++)
        {
            var height = Values[i];
            if (double.IsPositiveInfinity(height))
            {
                continue;
            }

            while (top >= 1)
            {
                var a = (places[top] - places[top - 1]) * spacing;
                var b = (i - places[top]) * spacing;
                var c = a + b;
                if ((c * heights[top]) - (b * heights[top - 1]) - (a * height) - (a * b * c) <= 0)
                {
                    break;
                }

                top--;
            }

            top++;
            places[top] = i;
            heights[top] = height;
        }

        return top;
    }
}
