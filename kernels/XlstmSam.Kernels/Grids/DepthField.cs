namespace XlstmSam.Kernels.Grids;

/// <summary>Finds the deepest voxels of an object: those farthest from every voxel outside it, outside the grid included.</summary>
// The object lies in a crop with a border of zeros. One voxel of border gives the same distances as any wider one: the voxel of the
// border next to the nearest outside voxel is at least as near. Buffers are kept between calls.
public sealed class DepthField
{
    private readonly DistanceScratch scratch = new();
    private byte[] mask = [];
    private int[] squared = [];
    private Extent3 padded;
    private VoxelBounds box;

    /// <summary>Starts an empty crop around a box and returns it with its size; voxel (1, 1, 1) of the crop is the low corner of the box.</summary>
    public Span<byte> Start(VoxelBounds around, out Extent3 cropSize)
    {
        box = around;
        padded = cropSize = new(around.Size.D + 2, around.Size.H + 2, around.Size.W + 2);
        var voxels = checked((int)padded.Count);
        if (mask.Length < voxels)
        {
            mask = new byte[voxels];
            squared = new int[voxels];
        }

        var crop = mask.AsSpan(0, voxels);
        crop.Clear();
        return crop;
    }

    /// <summary>Computes the depth of the object painted into the crop, on one thread or on all cores.</summary>
    public void Measure(bool parallel)
    {
        var voxels = (int)padded.Count;
        if (parallel)
        {
            DistanceTransform.SquaredVoxels(mask.AsMemory(0, voxels), padded, squared.AsMemory(0, voxels));
        }
        else
        {
            DistanceTransform.SquaredVoxels(mask.AsSpan(0, voxels), padded, squared.AsSpan(0, voxels), scratch);
        }
    }

    /// <summary>One of the deepest voxels; <paramref name="choose"/> gets their number and answers an index in raster order.</summary>
    public (int X, int Y, int Z) Deepest(Func<int, int> choose)
    {
        var depths = squared.AsSpan(0, (int)padded.Count);
        var (deepest, ties) = (0, 0);
        foreach (var depth in depths)
        {
            if (depth >= deepest)
            {
                ties = depth == deepest ? ties + 1 : 1;
                deepest = depth;
            }
        }

        var index = -1;
        for (var left = choose(ties); left >= 0; left--)
        {
            index += 1 + depths[(index + 1)..].IndexOf(deepest);
        }

        var (x, y, z) = (index % padded.W, index / padded.W % padded.H, index / padded.W / padded.H);
        return (box.MinX + x - 1, box.MinY + y - 1, box.MinZ + z - 1);
    }
}
