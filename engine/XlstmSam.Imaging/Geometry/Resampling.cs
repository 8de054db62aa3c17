namespace XlstmSam.Imaging;

/// <summary>
/// Samples a volume onto another grid through the affines. A whole index is a voxel centre. The volume reaches half a voxel beyond its
/// outermost centres; within that border the edge value holds, beyond it the outside value.
/// </summary>
public static class Resampling
{
    /// <summary>Sizes and coordinates closer than this to a whole or half voxel are taken to be there: affines carry rounding.</summary>
    private const double SizeTolerance = 1e-4;

    /// <summary>The same field of view at another voxel size: ceil(size * spacing / new) voxels, with the first voxel's outer corner kept.</summary>
    public static VolumeGeometry ResampleGeometry(VolumeGeometry geometry, Vector3d spacing)
    {
        if (!(spacing.X > 0 && spacing.Y > 0 && spacing.Z > 0 && double.IsFinite(spacing.Length)))
        {
            throw new ArgumentException($"ResampleGeometry: spacing is {spacing}; expected three voxel sizes above 0.");
        }

        var (ratio, sizes) = (new double[3], new int[3]);
        for (var axis = 0; axis < 3; axis++)
        {
            ratio[axis] = spacing[axis] / geometry.Spacing[axis];
            var size = Math.Ceiling((geometry.Size[axis] / ratio[axis]) - SizeTolerance);
            sizes[axis] = size <= int.MaxValue
                ? Math.Max(1, (int)size)
                : throw new ArgumentException($"ResampleGeometry: spacing {spacing[axis]} mm makes {size} voxels along axis {axis}; choose a larger spacing.");
        }

        var affine = geometry.VoxelToWorld;
        var first = new Vector3d(0.5 * (ratio[0] - 1), 0.5 * (ratio[1] - 1), 0.5 * (ratio[2] - 1));
        return new(
            new(sizes[0], sizes[1], sizes[2]),
            new(ratio[0] * affine.ColumnX, ratio[1] * affine.ColumnY, ratio[2] * affine.ColumnZ, affine.Apply(first)));
    }

    /// <summary>Trilinear interpolation between the eight nearest voxel centres.</summary>
    public static Volume<float> Linear(Volume<float> volume, VolumeGeometry target, float outside = 0) =>
        Interpolate(volume, new IntensityValue(), target, outside);

    /// <summary>The same into memory that has room for it, for callers that come again and again.</summary>
    public static void Linear(Volume<float> volume, VolumeGeometry target, float[] into, float outside) =>
        Interpolate(volume, new IntensityValue(), target, into, outside);

    /// <summary>What interpolation makes of a volume that is 1 where the labels hold the label and 0 elsewhere; 0 outside.</summary>
    public static Volume<float> Indicator<T>(Volume<T> labels, T label, VolumeGeometry target)
        where T : unmanaged, IEquatable<T> => Interpolate(labels, new LabelValue<T>(label), target, 0);

    /// <summary>The value of the nearest voxel centre; half way between two, the one of higher index.</summary>
    public static Volume<T> Nearest<T>(Volume<T> volume, VolumeGeometry target, T outside = default)
        where T : unmanaged
    {
        var map = volume.Geometry.WorldToVoxel.Compose(target.VoxelToWorld);
        var voxels = new T[target.Size.Count];
        if (AxisTable.TryMake(map, volume.Size, target.Size, out var x, out var y, out var z))
        {
            Parallel.For(0, target.Size.Z, k => NearestSlab(volume.Voxels, voxels, k, x, y, z, outside));
        }
        else
        {
            Parallel.For(0, target.Size.Z, k => ObliqueResampling.NearestSlab(volume, map, target.Size, voxels, k, outside));
        }

        return new(target, voxels);
    }

    private static Volume<float> Interpolate<T, TValue>(Volume<T> volume, TValue value, VolumeGeometry target, float outside)
        where T : unmanaged
        where TValue : struct, IVoxelValue<T>
    {
        var voxels = new float[target.Size.Count];
        Interpolate(volume, value, target, voxels, outside);
        return new(target, voxels);
    }

    private static void Interpolate<T, TValue>(Volume<T> volume, TValue value, VolumeGeometry target, float[] voxels, float outside)
        where T : unmanaged
        where TValue : struct, IVoxelValue<T>
    {
        var map = volume.Geometry.WorldToVoxel.Compose(target.VoxelToWorld);
        if (AxisTable.TryMake(map, volume.Size, target.Size, out var x, out var y, out var z))
        {
            Parallel.For(0, target.Size.Z, k => LinearSlab(volume.Voxels, value, voxels, k, x, y, z, outside));
        }
        else
        {
            Parallel.For(0, target.Size.Z, k => ObliqueResampling.LinearSlab(volume, value, map, target.Size, voxels, k, outside));
        }
    }

    private static void LinearSlab<T, TValue>(T[] from, TValue value, float[] to, int k, AxisTable tx, AxisTable ty, AxisTable tz, float outside)
        where T : unmanaged
        where TValue : struct, IVoxelValue<T>
    {
        var (width, height) = (tx.Length, ty.Length);
        for (var j = 0; j < height; j++)
        {
            var row = to.AsSpan(((k * height) + j) * width, width);
            if (tz.Low[k] < 0 || ty.Low[j] < 0)
            {
                row.Fill(outside);
                continue;
            }

            var (a, b) = (tz.Low[k] + ty.Low[j], tz.Low[k] + ty.High[j]);
            var (c, d) = (tz.High[k] + ty.Low[j], tz.High[k] + ty.High[j]);
            var (wy, wz) = (ty.Weight[j], tz.Weight[k]);
            for (var i = 0; i < row.Length; i++)
            {
                var (l, h, wx) = (tx.Low[i], tx.High[i], tx.Weight[i]);
                if (l < 0)
                {
                    row[i] = outside;
                    continue;
                }

                var ab = Mix(Mix(value.Of(from[a + l]), value.Of(from[a + h]), wx), Mix(value.Of(from[b + l]), value.Of(from[b + h]), wx), wy);
                var cd = Mix(Mix(value.Of(from[c + l]), value.Of(from[c + h]), wx), Mix(value.Of(from[d + l]), value.Of(from[d + h]), wx), wy);
                row[i] = Mix(ab, cd, wz);
            }
        }
    }

    private static void NearestSlab<T>(T[] from, T[] to, int k, AxisTable tx, AxisTable ty, AxisTable tz, T outside)
        where T : unmanaged
    {
        var (width, height) = (tx.Length, ty.Length);
        for (var j = 0; j < height; j++)
        {
            var row = to.AsSpan(((k * height) + j) * width, width);
            if (tz.Nearest[k] < 0 || ty.Nearest[j] < 0)
            {
                row.Fill(outside);
                continue;
            }

            var start = tz.Nearest[k] + ty.Nearest[j];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = tx.Nearest[i] < 0 ? outside : from[start + tx.Nearest[i]];
            }
        }
    }

    private static float Mix(float a, float b, float weight) => a + ((b - a) * weight);
}
