namespace XlstmSam.Imaging;

/// <summary>Resampling between grids that are rotated or sheared against each other: every voxel has its own coordinates.</summary>
internal static class ObliqueResampling
{
    public static void LinearSlab<T, TValue>(Volume<T> volume, TValue value, Affine3 map, Size3 target, float[] to, int k, float outside)
        where T : unmanaged
        where TValue : struct, IVoxelValue<T>
    {
        var (from, size) = (volume.Voxels, volume.Size);
        var plane = (long)size.X * size.Y;
        for (var j = 0; j < target.Y; j++)
        {
            var start = map.Apply(new(0, j, k));
            var at = ((long)k * target.Y * target.X) + ((long)j * target.X);
            for (var i = 0; i < target.X; i++)
            {
                var p = start + (i * map.ColumnX);
                if (!IsInside(p, size))
                {
                    to[at + i] = outside;
                    continue;
                }

                var (x0, x1, wx) = AxisTable.Split(p.X, size.X);
                var (y0, y1, wy) = AxisTable.Split(p.Y, size.Y);
                var (z0, z1, wz) = AxisTable.Split(p.Z, size.Z);
                var (a, b) = ((z0 * plane) + ((long)y0 * size.X), (z0 * plane) + ((long)y1 * size.X));
                var (c, d) = ((z1 * plane) + ((long)y0 * size.X), (z1 * plane) + ((long)y1 * size.X));
                var ab = Mix(Mix(value.Of(from[a + x0]), value.Of(from[a + x1]), wx), Mix(value.Of(from[b + x0]), value.Of(from[b + x1]), wx), wy);
                var cd = Mix(Mix(value.Of(from[c + x0]), value.Of(from[c + x1]), wx), Mix(value.Of(from[d + x0]), value.Of(from[d + x1]), wx), wy);
                to[at + i] = Mix(ab, cd, wz);
            }
        }
    }

    public static void NearestSlab<T>(Volume<T> volume, Affine3 map, Size3 target, T[] to, int k, T outside)
        where T : unmanaged
    {
        var size = volume.Size;
        for (var j = 0; j < target.Y; j++)
        {
            var start = map.Apply(new(0, j, k));
            var at = ((long)k * target.Y * target.X) + ((long)j * target.X);
            for (var i = 0; i < target.X; i++)
            {
                var p = start + (i * map.ColumnX);
                to[at + i] = IsInside(p, size)
                    ? volume[AxisTable.Round(p.X, size.X), AxisTable.Round(p.Y, size.Y), AxisTable.Round(p.Z, size.Z)]
                    : outside;
            }
        }
    }

    private static bool IsInside(Vector3d p, Size3 size) =>
        AxisTable.IsInside(p.X, size.X) && AxisTable.IsInside(p.Y, size.Y) && AxisTable.IsInside(p.Z, size.Z);

    private static float Mix(float a, float b, float weight) => a + ((b - a) * weight);
}
