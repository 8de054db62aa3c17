using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>The voxel of an object farthest from its border, as the challenge clicks it: voxel units, spacing not used.</summary>
public static class DeepestVoxel
{
    private const int Far = 1 << 20;

    /// <summary>The first voxel, x fastest, of maximal distance to a voxel without the label; outside the volume counts as without.</summary>
    public static int Find(Volume<byte> labels, byte label)
    {
        var size = labels.Size;
        var distances = new int[labels.Voxels.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = labels.Voxels[i] == label ? Far : 0;
        }

        Lower(distances, 1, size.X);
        Lower(distances, size.X, size.Y);
        Lower(distances, size.X * size.Y, size.Z);
        var deepest = 0;
        for (var i = 1; i < distances.Length; i++)
        {
            deepest = distances[i] > distances[deepest] ? i : deepest;
        }

        return distances[deepest] > 0
            ? deepest
            : throw new ArgumentException($"DeepestVoxel: no voxel of {size} has label {label}.");
    }

    // One axis of the exact squared Euclidean transform: d(i) = min over j of d(j) + (i - j)^2, searched outwards while it can still win.
    private static void Lower(int[] distances, int inner, int length)
    {
        var line = new int[length + 2];
        for (var start = 0; start < distances.Length; start += inner * length)
        {
            for (var k = start; k < start + inner; k++)
            {
                for (var i = 0; i < length; i++)
                {
                    line[i + 1] = distances[k + (i * inner)];
                }

                for (var i = 1; i <= length; i++)
                {
                    var best = line[i];
                    for (var step = 1; step * step < best; step++)
                    {
                        var before = i - step < 0 ? Far : line[i - step];
                        var after = i + step > length + 1 ? Far : line[i + step];
                        best = Math.Min(best, Math.Min(before, after) + (step * step));
                    }

                    distances[k + ((i - 1) * inner)] = best;
                }
            }
        }
    }
}
