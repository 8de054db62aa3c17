using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>The best any ball about the click can do: the radius is chosen with the truth in hand.</summary>
public static class BestSphereBaseline
{
    private const double BinMillimetres = 0.1;

    /// <summary>The highest Dice of a ball about the label's deepest voxel.</summary>
    public static double Dice(Volume<byte> labels, byte label) => Dice(labels, label, DeepestVoxel.Find(labels, label));

    /// <summary>The highest Dice of a ball about the voxel with index <paramref name="click"/>.</summary>
    public static double Dice(Volume<byte> labels, byte label, int click)
    {
        var (size, spacing) = (labels.Size, labels.Geometry.Spacing);
        var (cx, cy, cz) = (click % size.X, click / size.X % size.Y, click / (size.X * size.Y));
        var diagonal = Math.Sqrt(Square(size.X * spacing.X) + Square(size.Y * spacing.Y) + Square(size.Z * spacing.Z));
        var all = new int[(int)(diagonal / BinMillimetres) + 2];
        var hits = new int[all.Length];
        var truth = 0;
        for (var i = 0; i < labels.Voxels.Length; i++)
        {
            var (x, y, z) = (i % size.X, i / size.X % size.Y, i / (size.X * size.Y));
            var squared = Square((x - cx) * spacing.X) + Square((y - cy) * spacing.Y) + Square((z - cz) * spacing.Z);
            var bin = (int)(Math.Sqrt(squared) / BinMillimetres);
            all[bin]++;
            if (labels.Voxels[i] == label)
            {
                hits[bin]++;
                truth++;
            }
        }

        var (best, ball, overlap) = (0.0, 0, 0);
        for (var bin = 0; bin < all.Length; bin++)
        {
            ball += all[bin];
            overlap += hits[bin];
            best = Math.Max(best, 2.0 * overlap / (ball + truth));
        }

        return best;
    }

    private static double Square(double value) => value * value;
}
