namespace XlstmSam.Kernels.Grids;

/// <summary>A box of voxels, x along W, y along H, z along D; both ends belong to it. An empty box has a maximum below its minimum.</summary>
public readonly record struct VoxelBounds(int MinX, int MinY, int MinZ, int MaxX, int MaxY, int MaxZ)
{
    /// <summary>A box without voxels.</summary>
    public static VoxelBounds Empty { get; } = new(int.MaxValue, int.MaxValue, int.MaxValue, -1, -1, -1);

    /// <summary>Whether the box has no voxel.</summary>
    public bool IsEmpty => MaxX < MinX || MaxY < MinY || MaxZ < MinZ;

    /// <summary>Voxels along z, y and x, as depth, height and width; zeros where the box is empty.</summary>
    public Extent3 Size => IsEmpty ? default : new(MaxZ - MinZ + 1, MaxY - MinY + 1, MaxX - MinX + 1);

    /// <summary>The box of a whole grid.</summary>
    public static VoxelBounds Whole(Extent3 size) => new(0, 0, 0, size.W - 1, size.H - 1, size.D - 1);

    /// <summary>The smallest box around both.</summary>
    public VoxelBounds Union(VoxelBounds other) => new(
        Math.Min(MinX, other.MinX), Math.Min(MinY, other.MinY), Math.Min(MinZ, other.MinZ),
        Math.Max(MaxX, other.MaxX), Math.Max(MaxY, other.MaxY), Math.Max(MaxZ, other.MaxZ));

    /// <summary>The smallest box with this one and the run of voxels minX..maxX of row (y, z).</summary>
    public VoxelBounds WithRun(int minX, int maxX, int y, int z) => Union(new(minX, y, z, maxX, y, z));
}
