using CsCheck;
using XlstmSam.Imaging;
using XlstmSam.Kernels.Grids;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

public sealed class ClickSimulatorTests
{
    private static readonly Gen<(Size3 Size, byte[] Truth, byte[] Prediction)> Cases =
        from truth in Masks.Generate(8)
        from flips in Gen.Int[0, 5].Array[truth.Voxels.Length]
        select (truth.Size, truth.Voxels, truth.Voxels.Zip(flips, static (t, f) => f == 0 ? (byte)(1 - t) : t).ToArray());

    [Fact]
    public void FollowsTheWrittenRule() =>
        Cases.Sample(c => Assert.Equal(Reference(c.Size, c.Truth, c.Prediction, coarse: false), Next(new(), c.Size, c.Truth, c.Prediction)), iter: 300);

    [Fact]
    public void FollowsTheWrittenRuleOnTheCoarseGrid() =>
        Cases.Sample(
            c => Assert.Equal(Reference(c.Size, c.Truth, c.Prediction, coarse: true), Next(new(fullLimit: 0), c.Size, c.Truth, c.Prediction)),
            iter: 300);

    [Fact]
    public void APerfectPredictionGetsNoClick()
    {
        var size = new Size3(3, 4, 5);
        byte[] mask = [.. Enumerable.Range(0, 60).Select(static i => (byte)(i % 3))];
        Assert.Null(new ClickSimulator().Next<byte>(mask, mask, 2, size));
    }

    [Fact]
    public void OnlyTheClassCounts()
    {
        int[] truth = [1, 1, 2, 2, 2, 0];
        int[] prediction = [1, 1, 2, 0, 2, 1];
        var simulator = new ClickSimulator();
        Assert.Equal(new Click(5, 0, 0, Positive: false), simulator.Next<int>(prediction, truth, 1, new(6, 1, 1)));
        Assert.Equal(new Click(3, 0, 0, Positive: true), simulator.Next<int>(prediction, truth, 2, new(6, 1, 1)));
    }

    [Fact]
    public void ABoxAroundTheClassChangesNothing() =>
        Cases.Sample(
            c =>
            {
                var box = LabelBox.Of<byte>(c.Truth, 1, c.Size).Union(LabelBox.Of<byte>(c.Prediction, 1, c.Size));
                var simulator = new ClickSimulator();
                Assert.Equal(Next(simulator, c.Size, c.Truth, c.Prediction), simulator.Next<byte>(c.Prediction, c.Truth, 1, c.Size, box));
            },
            iter: 100);

    [Fact]
    public void ArrayOrderIsZYX() => Assert.Equal((3, 2, 1), new Click(1, 2, 3, true).ArrayOrder);

    private static Click? Next(ClickSimulator simulator, Size3 size, byte[] truth, byte[] prediction) =>
        simulator.Next<byte>(prediction, truth, 1, size);

    // Components, padding and distances as the challenge describes them, each in the plainest way.
    private static Click? Reference(Size3 size, byte[] truth, byte[] prediction, bool coarse)
    {
        var components = new ConnectedComponents();
        components.Find([.. truth.Zip(prediction, static (t, p) => (byte)(t ^ p))], size.ToExtent(), Connectivity.Corners);
        if (components.Count == 0)
        {
            return null;
        }

        var largest = components.Sizes.IndexOf(components.Sizes.ToArray().Max());
        var labels = new int[truth.Length];
        components.Label(labels);
        var box = components.Bounds(largest);
        int Pad(int extent) => Math.Max(1, (int)(0.25 * extent));
        var pad = (X: Pad(box.Size.W), Y: Pad(box.Size.H), Z: Pad(box.Size.D));
        var padded = new Size3(box.Size.W + (2 * pad.X), box.Size.H + (2 * pad.Y), box.Size.D + (2 * pad.Z));
        var inside = Masks.Where(padded, (x, y, z) =>
        {
            var (u, v, w) = (x - pad.X + box.MinX, y - pad.Y + box.MinY, z - pad.Z + box.MinZ);
            return u >= 0 && u < size.X && v >= 0 && v < size.Y && w >= 0 && w < size.Z && labels[u + (size.X * (v + (size.Y * w)))] == largest + 1;
        });

        var step = coarse ? 2 : 1;
        var grid = coarse ? new Size3((padded.X + 1) / 2, (padded.Y + 1) / 2, (padded.Z + 1) / 2) : padded;
        var blocks = Masks.Where(grid, (x, y, z) => Enumerable.Range(0, step * step * step).Any(i =>
        {
            var (u, v, w) = ((step * x) + (i % step), (step * y) + (i / step % step), (step * z) + (i / step / step));
            return u < padded.X && v < padded.Y && w < padded.Z && inside[u + (padded.X * (v + (padded.Y * w)))] != 0;
        }));
        var depths = Enumerable.Range(0, blocks.Length).Select(i => Depth(blocks, grid, i)).ToArray();
        var candidates = Enumerable.Range(0, inside.Length).Where(i => inside[i] != 0)
            .Select(i => (Place: Masks.Place(i, padded), Index: i))
            .Select(c => (c.Place, Depth: depths[(c.Place.X / step) + (grid.X * ((c.Place.Y / step) + (grid.Y * (c.Place.Z / step))))]))
            .ToArray();
        var deepest = candidates.Where(c => c.Depth == candidates.Max(static d => d.Depth)).ToArray();
        var chosen = deepest[new MersenneTwister(42).Choice(deepest.Length)].Place;
        var (px, py, pz) = (chosen.X - pad.X + box.MinX, chosen.Y - pad.Y + box.MinY, chosen.Z - pad.Z + box.MinZ);
        return new(px, py, pz, truth[px + (size.X * (py + (size.Y * pz)))] != 0);
    }

    private static int Depth(byte[] mask, Size3 size, int index)
    {
        var (x, y, z) = Masks.Place(index, size);
        var nearest = int.MaxValue;
        for (var i = 0; i < mask.Length; i++)
        {
            var (u, v, w) = Masks.Place(i, size);
            nearest = mask[i] == 0 ? Math.Min(nearest, ((u - x) * (u - x)) + ((v - y) * (v - y)) + ((w - z) * (w - z))) : nearest;
        }

        return nearest;
    }
}
