namespace XlstmSam.Imaging;

/// <summary>The number of voxels along each axis, in the file's own axis order (i, j, k for NIfTI; x, y, z for npz).</summary>
public readonly record struct Size3(int X, int Y, int Z)
{
    public long Count => (long)X * Y * Z;

    public int this[int axis] => axis switch { 0 => X, 1 => Y, 2 => Z, _ => throw new ArgumentOutOfRangeException(nameof(axis)) };

    public override string ToString() => $"{X}x{Y}x{Z}";
}

/// <summary>Where a voxel grid lies in space: its size and the affine from voxel index to RAS world millimetres.</summary>
public sealed record VolumeGeometry(Size3 Size, Affine3 VoxelToWorld)
{
    public Vector3d Spacing => VoxelToWorld.Spacing;
}

/// <summary>A voxel grid in space. The first axis is fastest in memory: index = x + X * (y + Y * z), for NIfTI and npz alike.</summary>
public sealed class Volume<T>
    where T : unmanaged
{
    public Volume(VolumeGeometry geometry, T[] voxels)
    {
        if (voxels.LongLength != geometry.Size.Count)
        {
            throw new ArgumentException($"Volume: {voxels.LongLength} voxels for a grid of {geometry.Size}; expected {geometry.Size.Count}.");
        }

        Geometry = geometry;
        Voxels = voxels;
    }

    public VolumeGeometry Geometry { get; }

    public T[] Voxels { get; }

    public Size3 Size => Geometry.Size;

    public ref T this[int x, int y, int z] => ref Voxels[x + ((long)Size.X * (y + ((long)Size.Y * z)))];
}
