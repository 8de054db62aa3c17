using XlstmSam.Kernels;
using XlstmSam.Kernels.Grids;

namespace XlstmSam.Training.Metrics;

/// <summary>The challenge's depth of an object too large for a full transform: 2x2x2 block maximum, transform, nearest repeat.</summary>
// The crop is padded by max(1, size / 4) on both sides, which decides how the blocks fall; blocks past the end are filled with zeros.
internal static class CoarseDepth
{
    /// <summary>Above this many voxels of padded crop the challenge works on the coarse grid.</summary>
    public const long FullLimit = 60_000_000;

    public static Extent3 Padding(Extent3 box) => new(Padding(box.D), Padding(box.H), Padding(box.W));

    public static long PaddedVoxels(Extent3 box)
    {
        var pad = Padding(box);
        return (box.W + (2L * pad.W)) * (box.H + (2L * pad.H)) * (box.D + (2L * pad.D));
    }

    /// <summary>One of the deepest voxels of a component, relative to the grid it was found in.</summary>
    public static (int X, int Y, int Z) Deepest(ConnectedComponents components, int component, VoxelBounds box, Func<int, int> choose)
    {
        var (size, pad) = (box.Size, Padding(box.Size));
        var mask = new byte[size.Count];
        components.Paint(component, mask, size, box.MinX, box.MinY, box.MinZ);
        var coarse = new Extent3(Half(size.D, pad.D), Half(size.H, pad.H), Half(size.W, pad.W));
        var squared = Transform(mask, size, pad, coarse);

        var candidates = new List<int>();
        var deepest = -1;
        for (var i = 0; i < mask.Length; i++)
        {
            var depth = mask[i] == 0 ? -1 : squared[CoarseIndex(i, size, pad, coarse)];
            if (depth > deepest)
            {
                candidates.Clear();
                deepest = depth;
            }

            if (depth == deepest && depth >= 0)
            {
                candidates.Add(i);
            }
        }

        var chosen = candidates[choose(candidates.Count)];
        return (box.MinX + (chosen % size.W), box.MinY + (chosen / size.W % size.H), box.MinZ + (chosen / size.W / size.H));
    }

    private static int[] Transform(byte[] mask, Extent3 size, Extent3 pad, Extent3 coarse)
    {
        var blocks = new byte[coarse.Count];
        for (var i = 0; i < mask.Length; i++)
        {
            blocks[CoarseIndex(i, size, pad, coarse)] |= mask[i];
        }

        var squared = new int[blocks.Length];
        DistanceTransform.SquaredVoxels(blocks, coarse, squared.AsMemory());
        return squared;
    }

    private static int CoarseIndex(int index, Extent3 size, Extent3 pad, Extent3 coarse)
    {
        var (x, y, z) = (index % size.W, index / size.W % size.H, index / size.W / size.H);
        return ((x + pad.W) / 2) + (coarse.W * (((y + pad.H) / 2) + (coarse.H * ((z + pad.D) / 2))));
    }

    private static int Half(int size, int pad) => (size + (2 * pad) + 1) / 2;

    private static int Padding(int size) => Math.Max(1, size / 4);
}
