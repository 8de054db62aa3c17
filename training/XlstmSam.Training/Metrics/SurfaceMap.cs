using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;

namespace XlstmSam.Training.Metrics;

/// <summary>The corners of a voxel grid that lie on the surface of a mask, each with the pattern of its eight voxels.</summary>
// A crop of X x Y x Z voxels has (X + 1)(Y + 1)(Z + 1) corners; outside the crop the mask is zero, so surfaces are closed.
// Bit b of a pattern is voxel (x - (b & 1), y - (b >> 1 & 1), z - (b >> 2)) of the corner (x, y, z).
internal sealed class SurfaceMap
{
    private readonly byte[] patterns;

    private SurfaceMap(Size3 size)
    {
        Size = size;
        patterns = new byte[size.Count];
    }

    /// <summary>The number of corners along each axis.</summary>
    public Size3 Size { get; }

    /// <summary>Builds the map of the voxels of one label within a box.</summary>
    public static SurfaceMap Of<T>(ReadOnlySpan<T> labels, T label, Size3 size, VoxelBounds box)
        where T : unmanaged, IEquatable<T>
    {
        var map = new SurfaceMap(new(box.Size.W + 1, box.Size.H + 1, box.Size.D + 1));
        for (var z = 0; z < box.Size.D; z++)
        {
            for (var y = 0; y < box.Size.H; y++)
            {
                var row = box.MinX + (size.X * ((box.MinY + y) + (size.Y * (box.MinZ + z))));
                map.AddRow(labels.Slice(row, box.Size.W), label, y, z);
            }
        }

        return map;
    }

    public ReadOnlySpan<byte> Patterns(int z) => patterns.AsSpan(z * Size.X * Size.Y, Size.X * Size.Y);

    /// <summary>True for a corner with voxels both in and out of the mask.</summary>
    public static bool IsSurface(byte pattern) => pattern is not (0 or 255);

    /// <summary>Zero at the surface corners and one elsewhere: what a distance transform takes.</summary>
    public byte[] Complement()
    {
        var mask = new byte[patterns.Length];
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = IsSurface(patterns[i]) ? (byte)0 : (byte)1;
        }

        return mask;
    }

    private void AddRow<T>(ReadOnlySpan<T> row, T label, int y, int z)
        where T : unmanaged, IEquatable<T>
    {
        for (var x = 0; x < row.Length; x++)
        {
            if (row[x].Equals(label))
            {
                Add(x, y, z);
            }
        }
    }

    private void Add(int x, int y, int z)
    {
        var near = x + (Size.X * (y + (Size.Y * z)));
        var far = near + (Size.X * Size.Y);
        patterns[near] |= 1;
        patterns[near + 1] |= 2;
        patterns[near + Size.X] |= 4;
        patterns[near + Size.X + 1] |= 8;
        patterns[far] |= 16;
        patterns[far + 1] |= 32;
        patterns[far + Size.X] |= 64;
        patterns[far + Size.X + 1] |= 128;
    }
}
