using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>Grows the click's component under a fixed upper bound while the lower bound sinks; every voxel is visited once per upper bound.</summary>
internal sealed class WindowGrowth
{
    private readonly float[] image;
    private readonly byte[] labels;
    private readonly byte label;
    private readonly Size3 size;
    private readonly bool[] seen;
    private readonly Stack<int> front = new();
    private readonly List<Stack<int>> waiting = [];
    private readonly int truth;

    public WindowGrowth(Volume<float> image, Volume<byte> labels, byte label)
    {
        (this.image, this.labels, this.label, size) = (image.Voxels, labels.Voxels, label, labels.Size);
        seen = new bool[labels.Voxels.Length];
        truth = labels.Voxels.AsSpan().Count(label);
    }

    /// <summary>The highest Dice over the lower bounds; 0 when the click itself is above <paramref name="upper"/>.</summary>
    public double BestDice(int click, float[] lowerBounds, float upper)
    {
        if (!(image[click] <= upper))
        {
            return 0;
        }

        Array.Clear(seen);
        while (waiting.Count < lowerBounds.Length)
        {
            waiting.Add(new());
        }

        var (best, grown, overlap) = (0.0, 0, 0);
        seen[click] = true;
        front.Push(click);
        for (var level = lowerBounds.Length - 1; level >= 0; level--)
        {
            while (waiting[level].TryPop(out var voxel))
            {
                front.Push(voxel);
            }

            while (front.TryPop(out var voxel))
            {
                if (image[voxel] < lowerBounds[level])
                {
                    waiting[LevelOf(image[voxel], lowerBounds)].Push(voxel);
                    continue;
                }

                grown++;
                overlap += labels[voxel] == label ? 1 : 0;
                VisitNeighbours(voxel, upper);
            }

            best = grown == 0 ? best : Math.Max(best, 2.0 * overlap / (grown + truth));
        }

        return best;
    }

    private void VisitNeighbours(int voxel, float upper)
    {
        var (x, y, z) = (voxel % size.X, voxel / size.X % size.Y, voxel / (size.X * size.Y));
        Visit(x > 0, voxel - 1, upper);
        Visit(x < size.X - 1, voxel + 1, upper);
        Visit(y > 0, voxel - size.X, upper);
        Visit(y < size.Y - 1, voxel + size.X, upper);
        Visit(z > 0, voxel - (size.X * size.Y), upper);
        Visit(z < size.Z - 1, voxel + (size.X * size.Y), upper);
    }

    private void Visit(bool exists, int voxel, float upper)
    {
        if (exists && !seen[voxel] && image[voxel] <= upper)
        {
            seen[voxel] = true;
            front.Push(voxel);
        }
    }

    // The highest bound the value reaches; bound 0 is open.
    private static int LevelOf(float value, float[] lowerBounds)
    {
        var level = lowerBounds.Length - 1;
        while (value < lowerBounds[level])
        {
            level--;
        }

        return level;
    }
}
