using System.Globalization;

namespace XlstmSam.Imaging;

/// <summary>
/// The one rule for "the same grid": every voxel centre of one volume lies within half a voxel of one of the other, along each axis. The voxels may be
/// stored in another axis order or direction, as tools that keep LPS and tools that keep RAS do; then they are reordered exactly.
/// </summary>
public static class GridAgreement
{
    /// <summary>Beyond half a voxel a label lies on its neighbour.</summary>
    private const double LargestOffset = 0.5;

    /// <summary>How far a step along an axis may be from a whole voxel of the other grid before the axes count as different.</summary>
    private const double LargestTilt = 0.25;

    /// <summary>The volume on the image's grid, voxel for voxel.</summary>
    /// <param name="what">What the volume is, for messages.</param>
    /// <exception cref="InvalidDataException">The volume has another number of voxels, or lies elsewhere; the sentence has the numbers.</exception>
    public static Volume<T> Align<T>(Volume<T> volume, VolumeGeometry image, string what)
        where T : unmanaged
    {
        if (volume.Size == image.Size && Farthest(volume.Geometry, image) <= LargestOffset)
        {
            return new(image, volume.Voxels);
        }

        if (Order(volume.Geometry, image) is { } order && order.Target.Size == image.Size && Farthest(order.Target, image) <= LargestOffset)
        {
            return new(image, order.Apply(volume).Voxels);
        }

        throw new InvalidDataException(Sorted(volume.Size) != Sorted(image.Size)
            ? $"{what}: it has {volume.Size} voxels and the image {image.Size}; its grid is not that of the image. Resample it onto the image."
            : $"{what}: its grid of {volume.Size} is not that of the image, {image.Size}: {How(Distance(volume, image))}. Resample it onto the image, or " +
                $"correct the affine.");
    }

    /// <summary>
    /// The distance between corresponding corners of two grids of one size, in voxels of the second along its worst axis; not a number where an affine is not.
    /// </summary>
    public static double Farthest(VolumeGeometry grid, VolumeGeometry image)
    {
        var (size, farthest, toImage) = (image.Size, 0.0, image.WorldToVoxel.Compose(grid.VoxelToWorld));
        for (var corner = 0; corner < 8; corner++)
        {
            var voxel = new Vector3d((corner & 1) * (size.X - 1), ((corner >> 1) & 1) * (size.Y - 1), (corner >> 2) * (size.Z - 1));
            var off = toImage.Apply(voxel) - voxel;
            farthest = Math.Max(farthest, Math.Max(Math.Abs(off.X), Math.Max(Math.Abs(off.Y), Math.Abs(off.Z))));
        }

        return farthest;
    }

    private static string How(double apart) => double.IsFinite(apart)
        ? string.Create(CultureInfo.InvariantCulture, $"a corner lies {apart:0.0} voxels off, at most {LargestOffset} are allowed")
        : "its axes run otherwise";

    private static double Distance<T>(Volume<T> volume, VolumeGeometry image)
        where T : unmanaged => volume.Size == image.Size ? Farthest(volume.Geometry, image)
            : Order(volume.Geometry, image) is { } order && order.Target.Size == image.Size ? Farthest(order.Target, image) : double.NaN;

    /// <summary>The axis order and directions in which the grid runs as the image does; null where no order does.</summary>
    private static AxisMap? Order(VolumeGeometry grid, VolumeGeometry image)
    {
        var toGrid = grid.WorldToVoxel.Compose(image.VoxelToWorld);
        var (axes, flips) = (new int[3], new bool[3]);
        for (var axis = 0; axis < 3; axis++)
        {
            var step = toGrid.Column(axis);
            axes[axis] = Math.Abs(step.X) >= Math.Max(Math.Abs(step.Y), Math.Abs(step.Z)) ? 0 : Math.Abs(step.Y) >= Math.Abs(step.Z) ? 1 : 2;
            flips[axis] = step[axes[axis]] < 0;
            // A single slice has no neighbour along its axis, so that the thickness it is given says nothing about voxels.
            if (image.Size[axis] > 1 && !(Math.Abs(Math.Abs(step[axes[axis]]) - 1) <= LargestTilt))
            {
                return null;
            }
        }

        return axes.Distinct().Count() == 3 ? new(grid, axes, flips) : null;
    }

    private static (int Low, int Middle, int High) Sorted(Size3 size)
    {
        int[] sides = [size.X, size.Y, size.Z];
        Array.Sort(sides);
        return (sides[0], sides[1], sides[2]);
    }
}
