using XlstmSam.Imaging;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Fixtures;

/// <summary>The stand-in model of the evaluator fixtures: all box voxels, a ball at every click, no look at the image.</summary>
// Per class: the box, then all balls of foreground clicks (r^2 <= 9) added, then all of background clicks (r^2 <= 4) removed.
// Class i writes label i + 1, whatever its label is; later classes overwrite.
public sealed class BallSegmenter : IInteractiveSegmenter
{
    public ushort[] Predict(ChallengeRound round)
    {
        var size = round.Image.Volume.Size;
        var labels = new ushort[size.Count];
        for (var i = 0; i < round.Classes.Count; i++)
        {
            var mask = Mask(round.Classes[i], size);
            for (var v = 0; v < labels.Length; v++)
            {
                labels[v] = mask[v] ? (ushort)(i + 1) : labels[v];
            }
        }

        return labels;
    }

    private static bool[] Mask(ClassPrompts prompts, Size3 size)
    {
        var mask = new bool[size.Count];
        if (prompts.Box is { } box)
        {
            Fill(mask, size, true, (x, y, z) => z >= box.ZMin && z <= box.ZMax
                && y >= box.YMin && y <= box.YMax && x >= box.XMin && x <= box.XMax);
        }

        foreach (var click in prompts.Foreground)
        {
            Fill(mask, size, true, (x, y, z) => SquaredDistance(click, x, y, z) <= 9);
        }

        foreach (var click in prompts.Background)
        {
            Fill(mask, size, false, (x, y, z) => SquaredDistance(click, x, y, z) <= 4);
        }

        return mask;
    }

    private static int SquaredDistance(Click click, int x, int y, int z) =>
        ((x - click.X) * (x - click.X)) + ((y - click.Y) * (y - click.Y)) + ((z - click.Z) * (z - click.Z));

    private static void Fill(bool[] mask, Size3 size, bool value, Func<int, int, int, bool> rule)
    {
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = rule(i % size.X, i / size.X % size.Y, i / size.X / size.Y) ? value : mask[i];
        }
    }
}
