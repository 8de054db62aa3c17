using System.Globalization;
using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>Whether prompts mark an object at all, whether they contradict each other, and whether a mask answers them.</summary>
public static class PromptCheck
{
    private const double LeastInBox = 0.5;

    /// <summary>One sentence for prompts that mark nothing, such as clicks beside the object alone; null where something marks the object.</summary>
    public static string? Refusal(ObjectPrompts prompts)
    {
        if (prompts.Points.Any(p => p.Positive) || prompts.Box is not null)
        {
            return null;
        }

        if (prompts.Mask is { } mask)
        {
            return mask.Voxels.AsSpan().ContainsAnyExcept((byte)0)
                ? null
                : "The mask to start from is empty, so nothing marks the object: give a click on it (+), a box, or a mask that is not empty.";
        }

        return "Nothing marks the object: a click beside it (-) needs a click on it (+), a box or a mask first.";
    }

    /// <summary>One sentence for each voxel that was clicked both as the object and as not the object.</summary>
    public static IEnumerable<string> Contradictions(ObjectPrompts prompts)
    {
        foreach (var clicks in prompts.Points.GroupBy(p => Nearest(p.Voxel)))
        {
            if (clicks.Any(p => p.Positive) && clicks.Any(p => !p.Positive))
            {
                yield return $"voxel {Text(clicks.Key)} is clicked both as the object (+) and as not the object (-).";
            }
        }
    }

    /// <summary>One sentence for each prompt that a mask does not answer: clicks on the wrong side of it, a box that holds less than half of it.</summary>
    /// <param name="mask">In the file's own axis order; 0 is background.</param>
    public static IEnumerable<string> Unanswered(ObjectPrompts prompts, Volume<byte> mask)
    {
        if (!mask.Voxels.AsSpan().ContainsAnyExcept((byte)0))
        {
            yield break;
        }

        foreach (var click in prompts.Points)
        {
            var voxel = Nearest(click.Voxel);
            if (click.Positive && !Surroundings(mask, voxel))
            {
                yield return $"the mask does not contain the click at {Text(voxel)}: the model did not find the object there. Click again nearer its " +
                    "middle, or give a box.";
            }
            else if (!click.Positive && mask.Geometry.Contains(voxel) && mask[voxel] != 0)
            {
                yield return $"the mask still contains voxel {Text(voxel)}, which was clicked as not the object.";
            }
        }

        if (prompts.Box is { } box && ShareIn(mask, box) is var share and < LeastInBox)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"only {100 * share:F0} % of the mask lies in the box: the model took something beside it. Add clicks, or draw the box tighter.");
        }
    }

    private static bool Surroundings(Volume<byte> mask, VoxelIndex voxel)
    {
        for (var z = Math.Max(0, voxel.Z - 1); z <= Math.Min(mask.Size.Z - 1, voxel.Z + 1); z++)
        {
            for (var y = Math.Max(0, voxel.Y - 1); y <= Math.Min(mask.Size.Y - 1, voxel.Y + 1); y++)
            {
                for (var x = Math.Max(0, voxel.X - 1); x <= Math.Min(mask.Size.X - 1, voxel.X + 1); x++)
                {
                    if (mask[x, y, z] != 0)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static double ShareIn(Volume<byte> mask, BoxPrompt box)
    {
        var (inside, all) = (0L, 0L);
        var (low, high) = (Nearest(box.First), Nearest(box.Last));
        var at = 0L;
        for (var z = 0; z < mask.Size.Z; z++)
        {
            for (var y = 0; y < mask.Size.Y; y++)
            {
                var isRow = z >= low.Z && z <= high.Z && y >= low.Y && y <= high.Y;
                for (var x = 0; x < mask.Size.X; x++, at++)
                {
                    if (mask.Voxels[at] != 0)
                    {
                        all++;
                        inside += isRow && x >= low.X && x <= high.X ? 1 : 0;
                    }
                }
            }
        }

        return inside / (double)all;
    }

    private static VoxelIndex Nearest(Vector3d voxel) => new((int)Math.Floor(voxel.X + 0.5), (int)Math.Floor(voxel.Y + 0.5), (int)Math.Floor(voxel.Z + 0.5));

    private static string Text(VoxelIndex voxel) => string.Create(CultureInfo.InvariantCulture, $"{voxel.X},{voxel.Y},{voxel.Z}");
}
