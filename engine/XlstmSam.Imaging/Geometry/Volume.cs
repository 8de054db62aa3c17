namespace XlstmSam.Imaging;

/// <summary>The number of voxels along each axis, in the file's own axis order (i, j, k for NIfTI; x, y, z for npz).</summary>
public readonly record struct Size3(int X, int Y, int Z)
{
    /// <summary>The number of voxels.</summary>
    public long Count => (long)X * Y * Z;

    /// <summary>The number along an axis, 0 to 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int axis] => axis switch { 0 => X, 1 => Y, 2 => Z, _ => throw new ArgumentOutOfRangeException(nameof(axis)) };

    /// <summary>"XxYxZ".</summary>
    public override string ToString() => $"{X}x{Y}x{Z}";
}

/// <summary>Where a voxel grid lies in space: its size and the affine from voxel index to RAS world millimetres.</summary>
public sealed record VolumeGeometry(Size3 Size, Affine3 VoxelToWorld)
{
    /// <summary>The voxel size in millimetres along each axis.</summary>
    public Vector3d Spacing => VoxelToWorld.Spacing;

    /// <summary>From RAS world millimetres to voxel index.</summary>
    public Affine3 WorldToVoxel => VoxelToWorld.Invert();

    /// <summary>The world point in RAS millimetres of a continuous voxel index.</summary>
    public Vector3d ToWorld(Vector3d voxel) => VoxelToWorld.Apply(voxel);

    /// <summary>The continuous voxel index of a world point; whole numbers are voxel centres.</summary>
    public Vector3d ToVoxel(Vector3d world) => WorldToVoxel.Apply(world);

    /// <summary>The voxel whose cell holds the world point, or null outside the grid.</summary>
    public VoxelIndex? VoxelAt(Vector3d world)
    {
        var p = ToVoxel(world);
        var (x, y, z) = (Math.Floor(p.X + 0.5), Math.Floor(p.Y + 0.5), Math.Floor(p.Z + 0.5));
        return x >= 0 && y >= 0 && z >= 0 && x < Size.X && y < Size.Y && z < Size.Z ? new VoxelIndex((int)x, (int)y, (int)z) : null;
    }

    /// <summary>Whether the voxel lies on the grid.</summary>
    public bool Contains(VoxelIndex voxel) =>
        (uint)voxel.X < (uint)Size.X && (uint)voxel.Y < (uint)Size.Y && (uint)voxel.Z < (uint)Size.Z;
}

/// <summary>A voxel grid in space. The first axis is fastest in memory: index = x + X * (y + Y * z), for NIfTI and npz alike.</summary>
public sealed class Volume<T>
    where T : unmanaged
{
    /// <summary>A volume over the given voxels, which are not copied.</summary>
    /// <exception cref="ArgumentException">The number of voxels is not that of the grid.</exception>
    public Volume(VolumeGeometry geometry, T[] voxels)
    {
        if (voxels.LongLength != geometry.Size.Count)
        {
            throw new ArgumentException($"Volume: {voxels.LongLength} voxels for a grid of {geometry.Size}; expected {geometry.Size.Count}.");
        }

        Geometry = geometry;
        Voxels = voxels;
    }

    /// <summary>The grid.</summary>
    public VolumeGeometry Geometry { get; }

    /// <summary>All voxels, the first axis fastest.</summary>
    public T[] Voxels { get; }

    /// <summary>The number of voxels along each axis.</summary>
    public Size3 Size => Geometry.Size;

    /// <summary>A voxel by its index.</summary>
    public ref T this[VoxelIndex voxel] => ref this[voxel.X, voxel.Y, voxel.Z];

    /// <summary>A voxel by its three indices, which must lie on the grid.</summary>
    public ref T this[int x, int y, int z] => ref Voxels[x + ((long)Size.X * (y + ((long)Size.Y * z)))];
}
