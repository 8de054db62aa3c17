using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>The best any connected intensity window about the click can do: lo and hi are chosen with the truth in hand.</summary>
/// <remarks>
/// lo and hi run over quantiles of the object's own intensities and the open ends. Components are 6-connected, which leak less
/// through noise than 26-connected ones and so make the stronger opponent.
/// </remarks>
public static class BestThresholdBaseline
{
    private const int Levels = 16;

    /// <summary>The highest Dice of the component of {lo &lt;= I &lt;= hi} that holds the label's deepest voxel.</summary>
    public static double Dice(Volume<float> image, Volume<byte> labels, byte label) =>
        Dice(image, labels, label, DeepestVoxel.Find(labels, label));

    /// <summary>The highest Dice of the component of {lo &lt;= I &lt;= hi} that holds the voxel with index <paramref name="click"/>.</summary>
    public static double Dice(Volume<float> image, Volume<byte> labels, byte label, int click)
    {
        var quantiles = ObjectQuantiles(image, labels, label);
        var growth = new WindowGrowth(image, labels, label);
        var best = 0.0;
        for (var high = 1; high <= Levels; high++)
        {
            var upper = high == Levels ? float.PositiveInfinity : quantiles[high];
            best = Math.Max(best, growth.BestDice(click, quantiles, upper));
        }

        return best;
    }

    // Entry 0 is the open lower end; entry k is the k/Levels quantile.
    private static float[] ObjectQuantiles(Volume<float> image, Volume<byte> labels, byte label)
    {
        var inside = new List<float>();
        for (var i = 0; i < labels.Voxels.Length; i++)
        {
            if (labels.Voxels[i] == label)
            {
                inside.Add(image.Voxels[i]);
            }
        }

        inside.Sort();
        var quantiles = new float[Levels];
        quantiles[0] = float.NegativeInfinity;
        for (var k = 1; k < Levels; k++)
        {
            quantiles[k] = inside[k * inside.Count / Levels];
        }

        return quantiles;
    }
}
