using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Training.Clicks;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Training;

/// <summary>
/// The simulated user of one micro-batch: places a click per prompt and round where the prediction is wrong, and says which prompts the
/// decoder sees. Draws come from streams of their own per micro-batch, so nothing else moves them.
/// </summary>
public sealed class ClickSession
{
    private readonly TrainingConfig config;
    private readonly ClickPolicy policy;
    private readonly Size3 order;
    private readonly byte[][] targets;
    private readonly List<Click>[] clicks;
    private readonly float[]? boxes;
    private readonly TrainingClicks simulator;
    private readonly int clickFree;
    private RandomStream stream;

    public ClickSession(TrainingConfig config, ClickPolicy policy, Extent3 grid, byte[][] targets, TrainingClicks simulator, long microBatch)
    {
        (this.config, this.policy, this.targets, this.simulator) = (config, policy, targets, simulator);
        order = new(grid.W, grid.H, grid.D);
        clicks = [.. targets.Select(_ => new List<Click>())];
        stream = RandomStream.Create(config.Seed, StreamPurpose.Clicks, microBatch);
        var rounds = RandomStream.Create(config.Seed, StreamPurpose.Rounds, microBatch);
        clickFree = config.ClickFreeRounds && config.Rounds > 3 ? 2 + rounds.Int(Math.Min(7, config.Rounds - 3)) : -1;
        if (rounds.NextDouble() < config.BoxProbability)
        {
            var boxStream = RandomStream.Create(config.Seed, StreamPurpose.Boxes, microBatch);
            boxes = [.. targets.SelectMany(target => JitteredBox.Around(target, order, ref boxStream))];
        }
    }

    /// <summary>What distinguishes the shapes of one micro-batch's pass from another's.</summary>
    public string Signature => $"{targets.Length} prompts, click-free round {clickFree}, {(boxes is null ? "click" : "box")} first";

    /// <summary>Places this round's clicks, given the previous logits (null in round 0), and returns what the decoder sees.</summary>
    /// <param name="logits">(prompts, grid), or empty.</param>
    /// <param name="rehearsing">Only the shapes count: every click lies in the first voxel, and nothing is searched.</param>
    public PromptBatch Next(int round, ReadOnlySpan<float> logits, bool rehearsing = false)
    {
        if (IsClickFree(round))
        {
            return PromptBatch.None(targets.Length);
        }

        if (round == 0 && boxes is not null)
        {
            return new(targets.Length, 0, [], [], boxes);
        }

        for (var t = 0; t < targets.Length; t++)
        {
            clicks[t].Add(rehearsing ? new(0, 0, 0, true) : Place(round, targets[t], logits.IsEmpty ? default : logits.Slice(t * targets[t].Length, targets[t].Length)));
        }

        return Batch();
    }

    private bool IsClickFree(int round) => round > 0 && config.ClickFreeRounds && (round == clickFree || round == config.Rounds - 1);

    private Click Place(int round, byte[] target, ReadOnlySpan<float> logits)
    {
        if (logits.IsEmpty || round == 0)
        {
            return stream.NextDouble() < config.DeepestFirstClick ? Deepest(target) : Uniform(target);
        }

        return config.NextClick == ClickRule.Challenge
            ? simulator.DeepestError(logits, target, config.ClickThreshold, Choose) ?? Deepest(target)
            : simulator.RandomError(logits, target, config.ClickThreshold, Choose) ?? Uniform(target);
    }

    private Click Deepest(byte[] target) => simulator.DeepestForeground(target, Choose) ?? throw Empty();

    private Click Uniform(byte[] target) => simulator.RandomForeground(target, Choose) ?? throw Empty();

    private static InvalidOperationException Empty() => new("ClickSession: a target is empty; the sample source must leave such targets out.");

    private int Choose(int count) => stream.Int(count);

    private PromptBatch Batch()
    {
        var seen = policy == ClickPolicy.All ? clicks[0].Count : 1;
        var points = new float[targets.Length * seen * 3];
        var labels = new int[targets.Length * seen];
        for (var t = 0; t < targets.Length; t++)
        {
            for (var p = 0; p < seen; p++)
            {
                var click = clicks[t][clicks[t].Count - seen + p];
                var at = (t * seen) + p;
                (points[3 * at], points[(3 * at) + 1], points[(3 * at) + 2]) = (click.Z, click.Y, click.X); // array axes 0, 1, 2
                labels[at] = click.Positive ? 1 : 0;
            }
        }

        return new(targets.Length, seen, points, labels, policy == ClickPolicy.All ? boxes : null);
    }
}
