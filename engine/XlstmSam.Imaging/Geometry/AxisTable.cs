namespace XlstmSam.Imaging;

/// <summary>
/// For each index along one target axis: offsets of the voxels below, above and nearest in the source, and the weight of the one above; -1 is outside.
/// </summary>
internal sealed class AxisTable
{
    /// <summary>A map whose stray terms move no voxel by more than this many voxels is axis-aligned.</summary>
    private const double AlignmentTolerance = 1e-5;

    /// <summary>Coordinates this close to a border or to the middle of two voxels are taken to be on it.</summary>
    public const double Snap = 1e-6;

    private AxisTable(double scale, double shift, int sourceSize, int stride, int length)
    {
        (Low, High, Nearest, Weight) = (new int[length], new int[length], new int[length], new float[length]);
        for (var i = 0; i < length; i++)
        {
            var at = (scale * i) + shift;
            if (!IsInside(at, sourceSize))
            {
                (Low[i], High[i], Nearest[i]) = (-1, -1, -1);
                continue;
            }

            var (low, high, weight) = Split(at, sourceSize);
            (Low[i], High[i], Weight[i]) = (low * stride, high * stride, weight);
            Nearest[i] = Round(at, sourceSize) * stride;
        }
    }

    public int[] Low { get; }

    public int[] High { get; }

    public int[] Nearest { get; }

    public float[] Weight { get; }

    public int Length => Low.Length;

    public static bool IsInside(double at, int size) => at >= -0.5 - Snap && at <= size - 0.5 + Snap;

    public static int Round(double at, int size) => Math.Clamp((int)Math.Floor(at + 0.5 + Snap), 0, size - 1);

    public static (int Low, int High, float Weight) Split(double at, int size)
    {
        var inside = Math.Clamp(at, 0, size - 1);
        var low = (int)inside;
        return (low, Math.Min(low + 1, size - 1), (float)(inside - low));
    }

    /// <summary>One table per target axis when every target axis runs along a source axis of its own; false for rotated grids.</summary>
    public static bool TryMake(Affine3 map, Size3 source, Size3 target, out AxisTable x, out AxisTable y, out AxisTable z)
    {
        var tables = new AxisTable[3];
        var taken = 0;
        int[] strides = [1, source.X, (int)Math.Min(int.MaxValue, (long)source.X * source.Y)];
        for (var axis = 0; axis < 3; axis++)
        {
            var column = map.Column(axis);
            var along = Math.Abs(column.X) >= Math.Max(Math.Abs(column.Y), Math.Abs(column.Z)) ? 0 : Math.Abs(column.Y) >= Math.Abs(column.Z) ? 1 : 2;
            for (var other = 0; other < 3; other++)
            {
                if (other != along && Math.Abs(column[other]) * (target[axis] - 1) > AlignmentTolerance)
                {
                    (x, y, z) = (null!, null!, null!);
                    return false;
                }
            }

            taken |= 1 << along;
            tables[axis] = new(column[along], map.Origin[along], source[along], strides[along], target[axis]);
        }

        (x, y, z) = (tables[0], tables[1], tables[2]);
        return taken == 7;
    }
}
