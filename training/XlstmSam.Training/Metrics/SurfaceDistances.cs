using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;

namespace XlstmSam.Training.Metrics;

/// <summary>The distances from the surface of each of two masks to the other, weighted by surface area (DeepMind's surface-distance).</summary>
// Distances are sorted, equal ones by area, and sums are pairwise, all as the challenge's evaluator has them.
public sealed class SurfaceDistances
{
    private readonly Direction fromTruth;
    private readonly Direction fromPrediction;

    private SurfaceDistances(Direction fromTruth, Direction fromPrediction) =>
        (this.fromTruth, this.fromPrediction) = (fromTruth, fromPrediction);

    /// <summary>Compares the voxels that hold a label in two volumes with x fastest; spacing is in millimetres.</summary>
    public static SurfaceDistances Measure<T>(ReadOnlySpan<T> truth, ReadOnlySpan<T> prediction, T label, Size3 size, Vector3d spacing)
        where T : unmanaged, IEquatable<T> =>
        Measure(truth, prediction, label, size, spacing, LabelBox.Of(truth, label, size).Union(LabelBox.Of(prediction, label, size)));

    /// <summary>The same, where the box that holds all voxels of the label in both volumes is known.</summary>
    public static SurfaceDistances Measure<T>(
        ReadOnlySpan<T> truth, ReadOnlySpan<T> prediction, T label, Size3 size, Vector3d spacing, VoxelBounds box)
        where T : unmanaged, IEquatable<T>
    {
        if (truth.Length != size.Count || prediction.Length != size.Count)
        {
            throw new ArgumentException(
                $"SurfaceDistances: truth of {truth.Length} and prediction of {prediction.Length} voxels for a grid of {size}; expected {size.Count} each.");
        }

        if (box.IsEmpty)
        {
            return new(new([], []), new([], []));
        }

        var areas = SurfaceTable.Areas(spacing);
        var truthMap = SurfaceMap.Of(truth, label, size, box);
        var predictionMap = SurfaceMap.Of(prediction, label, size, box);
        return new(Between(truthMap, predictionMap, areas, spacing), Between(predictionMap, truthMap, areas, spacing));
    }

    /// <summary>Surface area of the truth and of the prediction, in square millimetres.</summary>
    public (double Truth, double Prediction) Areas => (fromTruth.Area, fromPrediction.Area);

    /// <summary>Normalised surface dice: the share of both surfaces within a tolerance of the other. NaN if both are empty, 0 if one is.</summary>
    public double SurfaceDice(double tolerance) =>
        (fromTruth.AreaWithin(tolerance) + fromPrediction.AreaWithin(tolerance)) / (fromTruth.Area + fromPrediction.Area);

    /// <summary>The larger of the two area-weighted percentiles of distance (95 for HD95); infinite if a mask is empty.</summary>
    public double RobustHausdorff(double percent) => Math.Max(fromTruth.Percentile(percent), fromPrediction.Percentile(percent));

    /// <summary>Area-weighted mean distance from truth to prediction and back; NaN from an empty mask, infinite to one.</summary>
    public (double FromTruth, double FromPrediction) AverageDistances() => (fromTruth.Average(), fromPrediction.Average());

    private static Direction Between(SurfaceMap from, SurfaceMap to, double[] areas, Vector3d spacing)
    {
        var starts = new int[from.Size.Z + 1];
        for (var z = 0; z < from.Size.Z; z++)
        {
            starts[z + 1] = starts[z] + Count(from.Patterns(z));
        }

        var distances = new double[starts[^1]];
        var weights = new double[starts[^1]];
        if (distances.Length > 0)
        {
            var mask = to.Complement();
            DistanceTransform.EachSlice(mask, to.Size.ToExtent(), spacing.ToSpacing(), new int[mask.Length], (z, scratch) =>
                Sample(from.Patterns(z), scratch.Slice(from.Size.ToExtent()), areas, distances.AsSpan(starts[z]), weights.AsSpan(starts[z])));
        }

        return new(distances, weights);
    }

    private static int Count(ReadOnlySpan<byte> patterns)
    {
        var count = 0;
        foreach (var pattern in patterns)
        {
            count += SurfaceMap.IsSurface(pattern) ? 1 : 0;
        }

        return count;
    }

    private static void Sample(
        ReadOnlySpan<byte> patterns, ReadOnlySpan<double> squared, double[] areas, Span<double> distances, Span<double> weights)
    {
        var next = 0;
        for (var i = 0; i < patterns.Length; i++)
        {
            if (SurfaceMap.IsSurface(patterns[i]))
            {
                distances[next] = Math.Sqrt(squared[i]);
                weights[next++] = areas[patterns[i]];
            }
        }
    }

    private sealed class Direction
    {
        private readonly double[] distances;
        private readonly double[] areas;

        public Direction(double[] distances, double[] areas)
        {
            (this.distances, this.areas) = (distances, areas);
            Array.Sort(distances, areas);
            for (var from = 0; from < distances.Length;)
            {
                var to = from + 1;
                while (to < distances.Length && distances[to] == distances[from])
                {
                    to++;
                }

                areas.AsSpan(from..to).Sort();
                from = to;
            }

            Area = PairwiseSum.Sum(areas);
        }

        public double Area { get; }

        public double AreaWithin(double tolerance)
        {
            var count = 0;
            while (count < distances.Length && distances[count] <= tolerance)
            {
                count++;
            }

            return PairwiseSum.Sum(areas.AsSpan(0, count));
        }

        public double Percentile(double percent)
        {
            if (distances.Length == 0)
            {
                return double.PositiveInfinity;
            }

            var (index, sum) = (0, areas[0]);
            while (index < distances.Length - 1 && sum / Area < percent / 100.0)
            {
                sum += areas[++index];
            }

            return distances[index];
        }

        public double Average()
        {
            var products = new double[areas.Length];
            for (var i = 0; i < products.Length; i++)
            {
                products[i] = distances[i] * areas[i];
            }

            return PairwiseSum.Sum(products) / Area;
        }
    }
}
