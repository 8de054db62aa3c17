using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;

namespace XlstmSam.Training;

/// <summary>A box as a user draws it: each face moved by a normal deviate of a tenth of the side, at most 8 voxels, inside the grid.</summary>
internal static class JitteredBox
{
    private const int Farthest = 8;

    /// <returns>First corner and second corner, in the order of the array axes.</returns>
    public static float[] Around(ReadOnlySpan<byte> target, Size3 order, ref RandomStream stream)
    {
        Span<int> low = [int.MaxValue, int.MaxValue, int.MaxValue];
        Span<int> high = [-1, -1, -1];
        for (var i = 0; i < target.Length; i++)
        {
            if (target[i] == 0)
            {
                continue;
            }

            Span<int> at = [i / (order.X * order.Y), i / order.X % order.Y, i % order.X];
            for (var axis = 0; axis < 3; axis++)
            {
                (low[axis], high[axis]) = (Math.Min(low[axis], at[axis]), Math.Max(high[axis], at[axis]));
            }
        }

        Span<int> sides = [order.Z, order.Y, order.X];
        var box = new float[6];
        for (var axis = 0; axis < 3; axis++)
        {
            var deviation = 0.1 * (high[axis] - low[axis] + 1);
            box[axis] = Move(low[axis], deviation, sides[axis], ref stream);
            box[3 + axis] = Math.Max(box[axis], Move(high[axis], deviation, sides[axis], ref stream));
        }

        return box;
    }

    private static float Move(int face, double deviation, int side, ref RandomStream stream) =>
        (float)Math.Clamp(face + Math.Clamp(Math.Round(deviation * stream.Normal()), -Farthest, Farthest), 0, side - 1);
}
