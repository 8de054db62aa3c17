namespace XlstmSam.Imaging;

/// <summary>A box of voxels, from <see cref="Low"/> up to but without <see cref="High"/>.</summary>
public readonly record struct VoxelBox(VoxelIndex Low, VoxelIndex High)
{
    /// <summary>The box of all voxels of a grid.</summary>
    public static VoxelBox Whole(Size3 size) => new(default, new(size.X, size.Y, size.Z));

    /// <summary>The smallest box around all voxels that are not 0, or null when there are none.</summary>
    public static VoxelBox? Around<T>(Volume<T> volume)
        where T : unmanaged, IEquatable<T>
    {
        var size = volume.Size;
        VoxelIndex low = new(size.X, size.Y, size.Z), high = default;
        for (var z = 0; z < size.Z; z++)
        {
            for (var y = 0; y < size.Y; y++)
            {
                var row = volume.Voxels.AsSpan((int)(size.X * (y + ((long)size.Y * z))), size.X);
                var first = row.IndexOfAnyExcept(default(T));
                if (first >= 0)
                {
                    low = new(Math.Min(low.X, first), Math.Min(low.Y, y), Math.Min(low.Z, z));
                    high = new(Math.Max(high.X, row.LastIndexOfAnyExcept(default(T)) + 1), Math.Max(high.Y, y + 1), z + 1);
                }
            }
        }

        return high.X > 0 ? new VoxelBox(low, high) : null;
    }
}
