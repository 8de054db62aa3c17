namespace XlstmSam.Tests.Fixtures;

/// <summary>Orders of axes: entry a is the published axis that becomes our axis a.</summary>
internal static class ParityAxes
{
    public static int[] AsPublished { get; } = [];

    /// <summary>(N, C, D, H, W) to (N, D, H, W, C).</summary>
    public static int[] ChannelsLast { get; } = [0, 2, 3, 4, 1];

    /// <summary>(B, NH, S, DH) to (B, S, NH, DH).</summary>
    public static int[] HeadsLast { get; } = [0, 2, 1, 3];

    public static int[] Permute(int[] shape, int[] order) => order.Length == 0 ? shape : Array.ConvertAll(order, axis => shape[axis]);

    public static int[] Inverse(int[] order)
    {
        var inverse = new int[order.Length];
        for (var axis = 0; axis < order.Length; axis++)
        {
            inverse[order[axis]] = axis;
        }

        return inverse;
    }

    /// <summary>The values of an array of a shape, in another order of its axes.</summary>
    public static float[] Permute(float[] values, int[] shape, int[] order)
    {
        if (order.Length == 0)
        {
            return values;
        }

        if (order.Length != shape.Length)
        {
            throw new InvalidDataException($"an array of {shape.Length} axes; expected {order.Length}");
        }

        var sizes = Permute(shape, order);
        var result = new float[values.Length];
        var at = new int[sizes.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = values[Source(at, shape, order)];
            for (var axis = sizes.Length - 1; axis >= 0 && ++at[axis] == sizes[axis]; axis--)
            {
                at[axis] = 0;
            }
        }

        return result;
    }

    private static int Source(int[] at, int[] shape, int[] order)
    {
        var (index, stride) = (0, 1);
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            index += stride * at[Array.IndexOf(order, axis)];
            stride *= shape[axis];
        }

        return index;
    }
}
