using XlstmSam.Imaging;

namespace XlstmSam.Training.Metrics;

/// <summary>The challenge's depth of an object too large for a full transform: 2x2x2 block maximum, transform, nearest repeat.</summary>
// The crop is padded by max(1, size / 4) on both sides, which decides how the blocks fall; blocks past the end are filled with zeros.
internal static class CoarseDepth
{
    /// <summary>Above this many voxels of padded crop the challenge works on the coarse grid.</summary>
    public const long FullLimit = 60_000_000;

    public static Size3 Padding(Size3 box) => new(Padding(box.X), Padding(box.Y), Padding(box.Z));

    public static long PaddedVoxels(Size3 box)
    {
        var pad = Padding(box);
        return (box.X + (2L * pad.X)) * (box.Y + (2L * pad.Y)) * (box.Z + (2L * pad.Z));
    }

    /// <summary>One of the deepest voxels of a component, relative to the grid it was found in.</summary>
    public static (int X, int Y, int Z) Deepest(ConnectedComponents components, int component, VoxelBounds box, Func<int, int> choose)
    {
        var (size, pad) = (box.Size, Padding(box.Size));
        var mask = new byte[size.Count];
        components.Paint(component, mask, size, box.MinX, box.MinY, box.MinZ);
        var coarse = new Size3(Half(size.X, pad.X), Half(size.Y, pad.Y), Half(size.Z, pad.Z));
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
        return (box.MinX + (chosen % size.X), box.MinY + (chosen / size.X % size.Y), box.MinZ + (chosen / size.X / size.Y));
    }

    private static int[] Transform(byte[] mask, Size3 size, Size3 pad, Size3 coarse)
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

    private static int CoarseIndex(int index, Size3 size, Size3 pad, Size3 coarse)
    {
        var (x, y, z) = (index % size.X, index / size.X % size.Y, index / size.X / size.Y);
        return ((x + pad.X) / 2) + (coarse.X * (((y + pad.Y) / 2) + (coarse.Y * ((z + pad.Z) / 2))));
    }

    private static int Half(int size, int pad) => (size + (2 * pad) + 1) / 2;

    private static int Padding(int size) => Math.Max(1, size / 4);
}
