namespace XlstmSam.Imaging;

/// <summary>
/// A window of a fixed size on a grid: parts of the grid beyond it are cropped, parts of it beyond the grid are padded.
/// Index i of the window is index <see cref="Begin"/> + i of the grid.
/// </summary>
public sealed record CropOrPad(Size3 Source, Size3 Target, VoxelIndex Begin)
{
    /// <summary>Voxels added before and after the grid along x, y, z: (x0, x1, y0, y1, z0, z1).</summary>
    public IReadOnlyList<int> Pad => PerAxis((begin, end, size) => (Math.Max(0, -begin), Math.Max(0, end - size)));

    /// <summary>Voxels removed before and after the window along x, y, z, counted in the grid.</summary>
    public IReadOnlyList<int> Crop => PerAxis((begin, end, size) => (Math.Max(0, begin), Math.Max(0, size - end)));

    /// <summary>
    /// The window centred on a box [low, high): the centre (low + high) / 2 moves down by half a voxel where that is needed for the
    /// window to begin at a whole voxel.
    /// </summary>
    public static CropOrPad Around(Size3 source, Size3 target, VoxelBox box) => new(source, target, new(
        BeginOf(target.X, box.Low.X, box.High.X), BeginOf(target.Y, box.Low.Y, box.High.Y), BeginOf(target.Z, box.Low.Z, box.High.Z)));

    /// <summary>The window in the middle of the grid.</summary>
    public static CropOrPad Centred(Size3 source, Size3 target) => Around(source, target, VoxelBox.Whole(source));

    /// <summary>The grid after cropping or padding, with its voxels where they were in the world.</summary>
    public VolumeGeometry Apply(VolumeGeometry geometry) =>
        new(Target, geometry.VoxelToWorld with { Origin = geometry.ToWorld(Begin.ToVector()) });

    /// <summary>The volume on that grid; voxels that are added have the given value.</summary>
    public Volume<T> Apply<T>(Volume<T> volume, T padding = default)
        where T : unmanaged
    {
        Require(volume.Size, Source, "volume");
        var window = new T[Target.Count];
        if (!padding.Equals(default(T)))
        {
            Array.Fill(window, padding);
        }

        var result = new Volume<T>(Apply(volume.Geometry), window);
        Copy((from, to, count) => volume.Voxels.AsSpan((int)from, count).CopyTo(window.AsSpan((int)to)));
        return result;
    }

    /// <summary>Writes the window back into a volume of the grid; voxels outside the window keep their values.</summary>
    public void Restore<T>(Volume<T> window, Volume<T> into)
        where T : unmanaged
    {
        Require(window.Size, Target, "window");
        Require(into.Size, Source, "volume");
        Copy((from, to, count) => window.Voxels.AsSpan((int)to, count).CopyTo(into.Voxels.AsSpan((int)from)));
    }

    private delegate void RowCopy(long source, long target, int count);

    private void Copy(RowCopy copy)
    {
        var x0 = Math.Max(0, -Begin.X);
        var count = (int)Math.Min(Target.X, (long)Source.X - Begin.X) - x0;
        if (count <= 0)
        {
            return;
        }

        for (var z = 0; z < Target.Z; z++)
        {
            for (var y = 0; y < Target.Y; y++)
            {
                var (sy, sz) = (Begin.Y + y, Begin.Z + z);
                if (sy >= 0 && sz >= 0 && sy < Source.Y && sz < Source.Z)
                {
                    copy(Begin.X + x0 + (Source.X * (sy + ((long)Source.Y * sz))), x0 + (Target.X * (y + ((long)Target.Y * z))), count);
                }
            }
        }
    }

    private static int BeginOf(int target, int low, int high)
    {
        var isWhole = ((low + high) & 1) == 0;
        var twiceCentre = low + high - ((target % 2 == 0) != isWhole ? 1 : 0);
        return (twiceCentre - target) / 2;
    }

    private int[] PerAxis(Func<int, int, int, (int Low, int High)> amounts)
    {
        var six = new int[6];
        int[] begin = [Begin.X, Begin.Y, Begin.Z];
        for (var axis = 0; axis < 3; axis++)
        {
            (six[2 * axis], six[(2 * axis) + 1]) = amounts(begin[axis], begin[axis] + Target[axis], Source[axis]);
        }

        return six;
    }

    private static void Require(Size3 got, Size3 expected, string what)
    {
        if (got != expected)
        {
            throw new ArgumentException($"CropOrPad: the {what} is {got}; expected {expected}.");
        }
    }
}
