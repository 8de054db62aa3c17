using XlstmSam.Imaging;

namespace XlstmSam.Training.Metrics;

/// <summary>The scores of one round: Dice and normalised surface dice, each the plain mean over the classes of the truth.</summary>
public readonly record struct RoundScore(double Dsc, double Nsd)
{
    /// <summary>The challenge's tolerance of surface dice in millimetres.</summary>
    public const double Tolerance = 2.0;

    /// <summary>NSD counts as 0 unless the mean Dice is above this.</summary>
    public const double LeastDice = 0.2;

    /// <summary>A truth without foreground has a Dice of NaN and an NSD of 0; a class missing from the prediction scores 0.</summary>
    /// <param name="withSurface">False leaves NSD at 0, which saves most of the time.</param>
    public static RoundScore Of(
        ReadOnlySpan<ushort> truth, LabelRegions truthRegions, ReadOnlySpan<ushort> prediction, Size3 size, Vector3d spacing, bool withSurface = true)
    {
        var found = new LabelRegions(prediction, size);
        var classes = truthRegions.Classes;
        var scores = new double[classes.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            var both = DiceScore.Both(truth, prediction, classes[i], truthRegions.Box(classes[i]), size);
            scores[i] = DiceScore.Of(truthRegions.Voxels(classes[i]), found.Voxels(classes[i]), both);
        }

        var dsc = PairwiseSum.Mean(scores);
        if (!withSurface || !(dsc > LeastDice))
        {
            return new(dsc, 0);
        }

        for (var i = 0; i < scores.Length; i++)
        {
            var box = truthRegions.Box(classes[i]).Union(found.Box(classes[i]));
            scores[i] = SurfaceDistances.Measure(truth, prediction, classes[i], size, spacing, box).SurfaceDice(Tolerance);
        }

        return new(dsc, PairwiseSum.Mean(scores));
    }
}
