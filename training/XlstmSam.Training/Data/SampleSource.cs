using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;
using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>
/// Training samples from prepared cases: every case once per epoch in an order of its own, some of its labels as targets, on the region that
/// inference would choose, changed at random. A sample is a function of its index, the seed and the configuration.
/// </summary>
public sealed class SampleSource : ISampleSource
{
    /// <summary>The farthest a grid on a prompt lies off the object, as a share of its side: inference moves within half of it.</summary>
    private const double Jitter = 0.25;

    /// <summary>A case without a target large enough is passed over for the next; after so many, data and configuration do not fit.</summary>
    private const int MostAttempts = 64;

    private readonly IReadOnlyList<CaseInfo> cases;
    private readonly CaseCache cache;
    private readonly ModelConfig model;
    private readonly TrainingConfig training;
    private Permutation? permutation;

    public SampleSource(IReadOnlyList<CaseInfo> cases, CaseCache cache, ModelConfig model, TrainingConfig training)
    {
        ModelRules.RequireScanInput(model);
        this.cases = [.. cases.Where(c => c.HasLabels)];
        (this.cache, this.model, this.training) = (cache, model, training);
        if (this.cases.Count == 0)
        {
            throw new InvalidDataException("Training: no case has labels; expected at least one image with a label file.");
        }
    }

    public long SamplesPerEpoch => cases.Count;

    public TrainingSample Get(long index)
    {
        var attempts = Math.Min(cases.Count, MostAttempts);
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var streams = new Draws(training.Seed, index, attempt);
            if (Place(cache.Get(CaseOf(index, attempt)), ref streams) is { } placed)
            {
                var image = GridInput.Image(placed.Case.Scan, placed.Grid);
                IntensityChange.Apply(training.Augmentation, image, ref streams.Augment);
                return new(placed.Case.Id, image, placed.Targets);
            }
        }

        throw new InvalidDataException(
            $"Training: none of {attempts} cases, '{CaseOf(index, 0).Id}' first, has a label of {training.MinimumVoxels} voxels on the model's grid; expected at least one. Check the labels, or lower minimumVoxels or the model's spacing.");
    }

    /// <summary>Where the grid of a sample lies before it is changed at random, and on which case; null when the sample's first case is passed over.</summary>
    public (PreparedCase Case, Region Region)? RegionOf(long index)
    {
        var streams = new Draws(training.Seed, index, 0);
        return Place(cache.Get(CaseOf(index, 0)), ref streams) is { } placed ? (placed.Case, placed.Region) : null;
    }

    private CaseInfo CaseOf(long index, int attempt)
    {
        var epoch = index / cases.Count;
        var known = permutation;
        if (known is null || known.Epoch != epoch)
        {
            var order = Enumerable.Range(0, cases.Count).ToArray();
            var stream = RandomStream.Create(training.Seed, StreamPurpose.Order, epoch);
            stream.Shuffle<int>(order);
            permutation = known = new(epoch, order);
        }

        return cases[known.Order[(int)(((index % cases.Count) + attempt) % cases.Count)]];
    }

    /// <summary>Labels in random order; on the volume's middle the first ones that are large enough, elsewhere the first such one gives the place.</summary>
    private Placed? Place(PreparedCase prepared, ref Draws streams)
    {
        var labels = prepared.Foreground.ToArray();
        streams.Crop.Shuffle<ushort>(labels);
        var change = GridChange.Draw(training.Augmentation, ref streams.Augment);
        for (var first = 0; first < labels.Length; first++)
        {
            var region = RegionAround(prepared, labels[first], ref streams.Crop);
            var grid = change.Apply(region.Grid(model, prepared.Scan.Image.Geometry));
            var isRequired = region != Region.OnVolume(prepared.Scan.Image.Geometry) || model.Roi == RoiPolicy.Prompt;
            if (TargetsOf(prepared, grid, labels, first, isRequired) is { } targets)
            {
                return new(prepared, region, grid, targets);
            }

            if (!isRequired)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The region that inference chooses for a box around the object, moved at random unless it is the volume's middle. An object that is larger than the grid is seen whole and in part by turns.</summary>
    private Region RegionAround(PreparedCase prepared, ushort label, ref RandomStream crop)
    {
        var box = prepared.Box(label);
        var back = prepared.Scan.ToRas.Inverse;
        var prompts = new ObjectPrompts([], new BoxPrompt(back.Apply(new Vector3d(box.MinX, box.MinY, box.MinZ)), back.Apply(new Vector3d(box.MaxX, box.MaxY, box.MaxZ))));
        var region = RegionPolicy.Choose(model, prepared.Scan, prompts, null);
        if (model.Roi == RoiPolicy.Volume && region == Region.OnVolume(prepared.Scan.Image.Geometry))
        {
            return region;
        }

        region = crop.Bernoulli(0.5) ? region : region with { Zoom = 1 };
        var step = region.Step(model, prepared.Scan.Image.Geometry);
        var offset = new Vector3d(Off(0, ref crop), Off(1, ref crop), Off(2, ref crop));
        return region with { Centre = region.Centre + offset };

        double Off(int axis, ref RandomStream stream) => stream.Uniform(-Jitter, Jitter) * model.Size[axis] * step[axis];
    }

    /// <summary>As many targets as configured, repeated where fewer are large enough; null where none is.</summary>
    private byte[][]? TargetsOf(PreparedCase prepared, VolumeGeometry grid, ushort[] labels, int first, bool firstIsRequired)
    {
        var found = new List<byte[]>();
        for (var i = 0; i < labels.Length && found.Count < training.Targets; i++)
        {
            var label = labels[(first + i) % labels.Length];
            var target = IsWithin(prepared, label, grid) ? GridInput.Target(prepared.Labels!, label, grid) : [];
            if (target.AsSpan().Count((byte)1) >= training.MinimumVoxels)
            {
                found.Add(target);
            }
            else if (i == 0 && firstIsRequired)
            {
                return null;
            }
        }

        return found.Count == 0 ? null : [.. Enumerable.Range(0, training.Targets).Select(t => found[t % found.Count])];
    }

    /// <summary>Whether the label's box may reach the grid, which spares most of the labels of a large scan.</summary>
    private static bool IsWithin(PreparedCase prepared, ushort label, VolumeGeometry grid)
    {
        var box = prepared.Box(label);
        var toGrid = grid.VoxelToWorld.Invert().Compose(prepared.Scan.Image.Geometry.VoxelToWorld);
        for (var axis = 0; axis < 3; axis++)
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var corner = 0; corner < 8; corner++)
            {
                var at = toGrid.Apply(new(
                    (corner & 1) == 0 ? box.MinX - 1 : box.MaxX + 1, (corner & 2) == 0 ? box.MinY - 1 : box.MaxY + 1, (corner & 4) == 0 ? box.MinZ - 1 : box.MaxZ + 1))[axis];
                (low, high) = (Math.Min(low, at), Math.Max(high, at));
            }

            if (high < 0 || low > grid.Size[axis] - 1)
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Permutation(long Epoch, int[] Order);

    private sealed record Placed(PreparedCase Case, Region Region, VolumeGeometry Grid, byte[][] Targets);

    /// <summary>The random streams of one sample.</summary>
    private struct Draws(ulong seed, long index, int attempt)
    {
        public RandomStream Crop = RandomStream.Create(seed, StreamPurpose.Crop, attempt, index);
        public RandomStream Augment = RandomStream.Create(seed, StreamPurpose.Augment, attempt, index);
    }
}
