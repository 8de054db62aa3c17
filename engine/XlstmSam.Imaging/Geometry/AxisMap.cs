namespace XlstmSam.Imaging;

/// <summary>A change of axis order and direction between two grids over the same voxels: exact in both directions.</summary>
public sealed class AxisMap
{
    private readonly int[] axes;
    private readonly bool[] flips;

    /// <param name="source">The grid that is reordered.</param>
    /// <param name="axes">For each target axis the source axis it runs along.</param>
    /// <param name="flips">For each target axis whether it runs against the source axis.</param>
    public AxisMap(VolumeGeometry source, IReadOnlyList<int> axes, IReadOnlyList<bool> flips)
        : this(source, null, [.. axes], [.. flips])
    {
    }

    private AxisMap(VolumeGeometry source, VolumeGeometry? target, int[] axes, bool[] flips)
    {
        (Source, this.axes, this.flips) = (source, axes, flips);
        Target = target ?? TargetOf(source);
    }

    /// <summary>The grid that is reordered.</summary>
    public VolumeGeometry Source { get; }

    /// <summary>The same voxels in the new order, at the same places in the world.</summary>
    public VolumeGeometry Target { get; }

    /// <summary>The way back. Its target is this map's source, bit for bit.</summary>
    public AxisMap Inverse
    {
        get
        {
            var back = new int[3];
            var backFlips = new bool[3];
            for (var axis = 0; axis < 3; axis++)
            {
                back[axes[axis]] = axis;
                backFlips[axes[axis]] = flips[axis];
            }

            return new(Target, Source, back, backFlips);
        }
    }

    /// <summary>Reorders the voxels; the result lies on <see cref="Target"/>. Where nothing moves it shares the volume's memory.</summary>
    public Volume<T> Apply<T>(Volume<T> volume)
        where T : unmanaged
    {
        if (volume.Size != Source.Size)
        {
            throw new ArgumentException($"AxisMap: the volume is {volume.Size}; the map is for {Source.Size}.");
        }

        if (axes is [0, 1, 2] && flips is [false, false, false])
        {
            return new(Target, volume.Voxels);
        }

        long[] steps = [1, Source.Size.X, (long)Source.Size.X * Source.Size.Y];
        var start = 0L;
        var strides = new long[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var step = steps[axes[axis]];
            strides[axis] = flips[axis] ? -step : step;
            start += flips[axis] ? step * (Source.Size[axes[axis]] - 1) : 0;
        }

        var (from, size) = (volume.Voxels, Target.Size);
        var to = new T[from.LongLength];
        Parallel.For(0, size.Z, z =>
        {
            var at = (long)z * size.X * size.Y;
            for (var y = 0; y < size.Y; y++)
            {
                var read = start + (z * strides[2]) + (y * strides[1]);
                for (var x = 0; x < size.X; x++, read += strides[0])
                {
                    to[at++] = from[read];
                }
            }
        });
        return new(Target, to);
    }

    /// <summary>The target index of a continuous source index.</summary>
    public Vector3d Apply(Vector3d voxel) => new(Along(voxel, 0), Along(voxel, 1), Along(voxel, 2));

    /// <summary>The target voxel of a source voxel.</summary>
    public VoxelIndex Apply(VoxelIndex voxel)
    {
        var p = Apply(voxel.ToVector());
        return new((int)p.X, (int)p.Y, (int)p.Z);
    }

    /// <summary>The box around the same voxels in the target.</summary>
    public VoxelBox Apply(VoxelBox box)
    {
        var a = Apply(box.Low);
        var b = Apply(new VoxelIndex(box.High.X - 1, box.High.Y - 1, box.High.Z - 1));
        return new(
            new(Math.Min(a.X, b.X), Math.Min(a.Y, b.Y), Math.Min(a.Z, b.Z)),
            new(Math.Max(a.X, b.X) + 1, Math.Max(a.Y, b.Y) + 1, Math.Max(a.Z, b.Z) + 1));
    }

    private double Along(Vector3d voxel, int axis) =>
        flips[axis] ? Source.Size[axes[axis]] - 1 - voxel[axes[axis]] : voxel[axes[axis]];

    private VolumeGeometry TargetOf(VolumeGeometry source)
    {
        var affine = source.VoxelToWorld;
        var first = new double[3];
        for (var axis = 0; axis < 3; axis++)
        {
            first[axes[axis]] = flips[axis] ? source.Size[axes[axis]] - 1 : 0;
        }

        Vector3d Column(int axis) => (flips[axis] ? -1 : 1) * affine.Column(axes[axis]);
        return new(
            new(source.Size[axes[0]], source.Size[axes[1]], source.Size[axes[2]]),
            new(Column(0), Column(1), Column(2), affine.Apply(new(first[0], first[1], first[2]))));
    }
}
