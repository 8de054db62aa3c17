namespace XlstmSam.Imaging;

/// <summary>Which anatomical direction each voxel axis runs in: R or L, A or P, S or I.</summary>
public static class Orientation
{
    private const double TieTolerance = 1e-9;
    private const string Positive = "RAS";
    private const string Negative = "LPI";

    private static readonly int[][] Permutations = [[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 1, 0], [1, 2, 0], [2, 0, 1]];

    /// <summary>The axis codes of an affine, such as "RAS" or "LPI". An oblique axis has the code of the closest world axis.</summary>
    public static string Codes(Affine3 affine)
    {
        var worldOf = ClosestWorldAxes(affine);
        return string.Concat(Enumerable.Range(0, 3).Select(axis =>
            (affine.Column(axis)[worldOf[axis]] < 0 ? Negative : Positive)[worldOf[axis]]));
    }

    /// <summary>The permutation and flips that bring a grid closest to R, A, S; an oblique grid stays as oblique as it is.</summary>
    public static AxisMap ToRas(VolumeGeometry geometry)
    {
        var worldOf = ClosestWorldAxes(geometry.VoxelToWorld);
        var axes = new int[3];
        var flips = new bool[3];
        for (var axis = 0; axis < 3; axis++)
        {
            axes[worldOf[axis]] = axis;
            flips[worldOf[axis]] = geometry.VoxelToWorld.Column(axis)[worldOf[axis]] < 0;
        }

        return new(geometry, axes, flips);
    }

    /// <summary>For each voxel axis its world axis: of the six assignments the one with the largest sum of |cosines|.</summary>
    private static int[] ClosestWorldAxes(Affine3 affine)
    {
        var best = Permutations[0];
        var bestSum = double.NegativeInfinity;
        foreach (var candidate in Permutations)
        {
            var sum = 0.0;
            for (var axis = 0; axis < 3; axis++)
            {
                var column = affine.Column(axis);
                sum += Math.Abs(column[candidate[axis]]) / column.Length;
            }

            if (sum > bestSum + TieTolerance)
            {
                (best, bestSum) = (candidate, sum);
            }
        }

        return best;
    }
}
