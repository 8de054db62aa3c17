using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>Brings logits on a region's grid back to the scan: interpolated linearly, background outside the region.</summary>
public static class NativeMask
{
    private const float Outside = float.NegativeInfinity;

    /// <summary>Voxels interpolated at a time, so that their logits take 64 MiB at most, or one slice.</summary>
    private const int SlabVoxels = 1 << 24;

    /// <summary>1 where the logit is above 0, in the file's own axis order and geometry.</summary>
    public static Volume<byte> Of(PreparedScan scan, Volume<float> logits)
    {
        var ras = scan.Image.Geometry;
        var mask = new byte[ras.Size.Count];
        var depth = SlabDepth(ras.Size);
        var slab = Array.Empty<float>();
        for (var first = 0; first < ras.Size.Z; first += depth)
        {
            ForEachLogit(scan, logits, first, Math.Min(first + depth, ras.Size.Z), ref slab, (index, logit) => mask[index] = (byte)(logit > 0 ? 1 : 0));
        }

        return scan.ToRas.Inverse.Apply(new Volume<byte>(ras, mask));
    }

    /// <summary>Labels of all objects, in the file's own axis order: each voxel goes to the object with the largest positive logit, the first of
    /// equals.</summary>
    public static Volume<ushort> Merge(PreparedScan scan, IReadOnlyList<(ushort Label, Volume<float> Logits)> objects)
    {
        var ras = scan.Image.Geometry;
        var plane = (long)ras.Size.X * ras.Size.Y;
        var depth = SlabDepth(ras.Size);
        var labels = new ushort[ras.Size.Count];
        var best = new float[plane * depth];
        var slab = Array.Empty<float>();
        for (var first = 0; first < ras.Size.Z; first += depth)
        {
            var start = first * plane;
            Array.Clear(best);
            foreach (var (label, logits) in objects)
            {
                ForEachLogit(scan, logits, first, Math.Min(first + depth, ras.Size.Z), ref slab, (index, logit) =>
                {
                    if (logit > best[index - start])
                    {
                        (best[index - start], labels[index]) = (logit, label);
                    }
                });
            }
        }

        return scan.ToRas.Inverse.Apply(new Volume<ushort>(ras, labels));
    }

    private static int SlabDepth(Size3 size) => (int)Math.Clamp(SlabVoxels / ((long)size.X * size.Y), 1, size.Z);

    /// <summary>Calls with the RAS index of every scan voxel inside the region and the slices from one up to but without another.</summary>
    /// <param name="slab">Memory for their logits; grows as needed.</param>
    private static void ForEachLogit(PreparedScan scan, Volume<float> logits, int firstSlice, int endSlice, ref float[] slab, Action<long, float> visit)
    {
        var ras = scan.Image.Geometry;
        if (Cover(ras, logits.Geometry) is not { } cover || cover.Low.Z >= endSlice || cover.High.Z <= firstSlice)
        {
            return;
        }

        var box = new VoxelBox(cover.Low with { Z = Math.Max(cover.Low.Z, firstSlice) }, cover.High with { Z = Math.Min(cover.High.Z, endSlice) });

        var size = new Size3(box.High.X - box.Low.X, box.High.Y - box.Low.Y, box.High.Z - box.Low.Z);
        var part = new VolumeGeometry(size, ras.VoxelToWorld with { Origin = ras.VoxelToWorld.Apply(box.Low.ToVector()) });
        slab = slab.LongLength >= size.Count ? slab : new float[size.Count];
        Resampling.Linear(logits, part, slab, Outside);
        var at = 0L;
        for (var z = box.Low.Z; z < box.High.Z; z++)
        {
            for (var y = box.Low.Y; y < box.High.Y; y++)
            {
                var row = box.Low.X + (ras.Size.X * (y + ((long)ras.Size.Y * z)));
                for (var x = 0; x < size.X; x++)
                {
                    visit(row + x, slab[at++]);
                }
            }
        }
    }

    /// <summary>The scan voxels that the grid reaches, or null.</summary>
    private static VoxelBox? Cover(VolumeGeometry ras, VolumeGeometry grid)
    {
        var toScan = ras.VoxelToWorld.Invert().Compose(grid.VoxelToWorld);
        var a = toScan.Apply(new(-0.5, -0.5, -0.5));
        var b = toScan.Apply(new(grid.Size.X - 0.5, grid.Size.Y - 0.5, grid.Size.Z - 0.5));
        Span<int> low = stackalloc int[3];
        Span<int> high = stackalloc int[3];
        for (var axis = 0; axis < 3; axis++)
        {
            low[axis] = (int)Math.Clamp(Math.Floor(Math.Min(a[axis], b[axis])), 0, ras.Size[axis]);
            high[axis] = (int)Math.Clamp(Math.Ceiling(Math.Max(a[axis], b[axis])) + 1, 0, ras.Size[axis]);
            if (high[axis] <= low[axis])
            {
                return null;
            }
        }

        return new(new(low[0], low[1], low[2]), new(high[0], high[1], high[2]));
    }
}
