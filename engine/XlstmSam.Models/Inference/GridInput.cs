using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>
/// Scan to network input: the one place where it happens. Arrays have the grid's first axis slowest, as the published weights expect.
/// </summary>
public static class GridInput
{
    private const int Tile = 16;

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
        where T : unmanaged => Reverse<T>(volume.Voxels, volume.Size.Z, volume.Size.Y, volume.Size.X);

    /// <summary>x slowest to x fastest.</summary>
    public static Volume<T> FromArrayOrder<T>(VolumeGeometry grid, ReadOnlySpan<T> from)
        where T : unmanaged => new(grid, Reverse(from, grid.Size.X, grid.Size.Y, grid.Size.Z));

    /// <summary>(slow, middle, fast) to (fast, middle, slow), in tiles that the cache holds in both orders.</summary>
    private static T[] Reverse<T>(ReadOnlySpan<T> from, int slow, int middle, int fast)
        where T : unmanaged
    {
        var to = GC.AllocateUninitializedArray<T>(from.Length);
        for (var m = 0; m < middle; m++)
        {
            for (var s0 = 0; s0 < slow; s0 += Tile)
            {
                for (var f0 = 0; f0 < fast; f0 += Tile)
                {
                    for (var f = f0; f < Math.Min(fast, f0 + Tile); f++)
                    {
                        for (var s = s0; s < Math.Min(slow, s0 + Tile); s++)
                        {
                            to[(((f * middle) + m) * slow) + s] = from[(((s * middle) + m) * fast) + f];
                        }
                    }
                }
            }
        }

        return to;
    }
}
