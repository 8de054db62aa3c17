using CsCheck;
using XlstmSam.Imaging;
using XlstmSam.Training.Clicks;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Tests.Training;

public sealed class TrainingClicksTests
{
    private static readonly Gen<(Mask Truth, byte[] Prediction)> Cases =
        from truth in Masks.Generate(8)
        from flips in Gen.Int[0, 4].Array[truth.Voxels.Length]
        select (truth, truth.Voxels.Zip(flips, static (t, f) => f == 0 ? (byte)(1 - t) : t).ToArray());

    [Fact]
    public void DeepestErrorIsTheChallengeClick() =>
        Cases.Sample(
            c =>
            {
                var twister = new MersenneTwister(42);
                var click = new TrainingClicks(c.Truth.Size).DeepestError(Logits(c.Prediction, 0.5f), c.Truth.Voxels, 0.5f, twister.Choice);
                Assert.Equal(new ClickSimulator().Next<byte>(c.Prediction, c.Truth.Voxels, 1, c.Truth.Size), click);
            },
            iter: 300);

    [Fact]
    public void DeepestForegroundIsTheDeepestErrorOfNoPredictionWhereTheObjectIsConnected()
    {
        var size = new Size3(16, 13, 11);
        var ball = Masks.Where(size, static (x, y, z) => ((x - 6) * (x - 6)) + ((y - 5) * (y - 5)) + ((z - 5) * (z - 5)) <= 20);
        var click = new TrainingClicks(size).DeepestForeground(ball, static n => n - 1);
        Assert.Equal(new Click(6, 5, 5, Positive: true), click);
    }

    [Fact]
    public void DeepestForegroundSeesTheBorderAsOutside()
    {
        var size = new Size3(5, 5, 5);
        var full = Masks.Where(size, static (_, _, _) => true);
        Assert.Equal(new Click(2, 2, 2, Positive: true), new TrainingClicks(size).DeepestForeground(full, static _ => 0));
    }

    [Fact]
    public void UniformDrawsCoverExactlyTheirVoxels() =>
        Cases.Where(static c => c.Truth.Voxels.Any(static v => v != 0)).Sample(
            c =>
            {
                var clicks = new TrainingClicks(c.Truth.Size);
                var foreground = Enumerable.Range(0, c.Truth.Voxels.Count(static v => v != 0))
                    .Select(k => Index(clicks.RandomForeground(c.Truth.Voxels, _ => k)!.Value, c.Truth.Size));
                Assert.Equal(Enumerable.Range(0, c.Prediction.Length).Where(i => c.Truth.Voxels[i] != 0), foreground);
                var errors = Enumerable.Range(0, c.Prediction.Length).Where(i => c.Truth.Voxels[i] != c.Prediction[i]).ToArray();
                var drawn = errors.Select((_, k) => clicks.RandomError(Logits(c.Prediction, 0), c.Truth.Voxels, 0, n => n == errors.Length ? k : -1)!.Value);
                Assert.All(errors.Zip(drawn), e => Assert.Equal((e.First, c.Truth.Voxels[e.First] != 0), (Index(e.Second, c.Truth.Size), e.Second.Positive)));
            },
            iter: 100);

    [Fact]
    public void NothingToClickIsNull()
    {
        var clicks = new TrainingClicks(new(2, 2, 2));
        var empty = new byte[8];
        var low = Logits(empty, 0);
        Assert.Null(clicks.DeepestError(low, empty, 0, static _ => 0));
        Assert.Null(clicks.RandomError(low, empty, 0, static _ => 0));
        Assert.Null(clicks.DeepestForeground(empty, static _ => 0));
        Assert.Null(clicks.RandomForeground(empty, static _ => 0));
    }

    [Fact]
    public void AClickAllocatesNothingOnceBuffersHaveGrown()
    {
        var size = new Size3(32, 32, 32);
        var truth = Masks.Where(size, static (x, y, z) => ((x - 16) * (x - 16)) + ((y - 15) * (y - 15)) + ((z - 17) * (z - 17)) <= 90);
        var logits = Logits(Masks.Where(size, static (x, y, z) => ((x - 12) * (x - 12)) + ((y - 13) * (y - 13)) + ((z - 17) * (z - 17)) <= 80), 0);
        var clicks = new TrainingClicks(size);
        Func<int, int> choose = static _ => 0;
        clicks.DeepestError(logits, truth, 0, choose);
        clicks.DeepestForeground(truth, choose);
        var before = GC.GetAllocatedBytesForCurrentThread();
        clicks.DeepestError(logits, truth, 0, choose);
        clicks.DeepestForeground(truth, choose);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] Logits(byte[] mask, float threshold) => Array.ConvertAll(mask, m => m != 0 ? threshold + 1 : threshold);

    private static int Index(Click click, Size3 size) => click.X + (size.X * (click.Y + (size.Y * click.Z)));
}
