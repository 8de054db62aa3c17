using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>
/// Scan to network input: the one place where it happens. Arrays have the grid's first axis slowest, as the published weights expect.
/// </summary>
public static class GridInput
{
    /// <summary>The image on a grid, zero outside the scan, z-normalised over its voxels above zero.</summary>
    public static float[] Image(PreparedScan scan, VolumeGeometry grid)
    {
        var sampled = Resampling.Linear(scan.Image, grid);
        Intensity.ZNormalize(sampled);
        return ToArrayOrder(sampled);
    }

    /// <summary>One label's mask on a grid: 1 where its linearly interpolated indicator exceeds one half.</summary>
    public static byte[] Target<T>(Volume<T> labels, T label, VolumeGeometry grid)
        where T : unmanaged, IEquatable<T> =>
        ToArrayOrder(new Volume<byte>(grid, Array.ConvertAll(Resampling.Indicator(labels, label, grid).Voxels, share => (byte)(share > 0.5f ? 1 : 0))));

    /// <summary>x fastest to x slowest.</summary>
    public static T[] ToArrayOrder<T>(Volume<T> volume)
        where T : unmanaged
    {
        var (size, from, to) = (volume.Size, volume.Voxels, new T[volume.Voxels.Length]);
        var at = 0;
        for (var x = 0; x < size.X; x++)
        {
            for (var y = 0; y < size.Y; y++)
            {
                for (var z = 0; z < size.Z; z++)
                {
                    to[at++] = from[x + (size.X * (y + (size.Y * z)))];
                }
            }
        }

        return to;
    }

    /// <summary>x slowest to x fastest.</summary>
    public static Volume<T> FromArrayOrder<T>(VolumeGeometry grid, ReadOnlySpan<T> from)
        where T : unmanaged
    {
        var (size, to) = (grid.Size, new T[from.Length]);
        var at = 0;
        for (var x = 0; x < size.X; x++)
        {
            for (var y = 0; y < size.Y; y++)
            {
                for (var z = 0; z < size.Z; z++)
                {
                    to[x + (size.X * (y + (size.Y * z)))] = from[at++];
                }
            }
        }

        return new(grid, to);
    }
}
