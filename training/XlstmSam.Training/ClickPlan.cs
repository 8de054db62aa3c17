using XlstmSam.Engine;
using XlstmSam.Engine.Streams;
using XlstmSam.Imaging;
using XlstmSam.Kernels;
using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>
/// What the simulated user of one micro-batch does, up to where the clicks fall: which rounds click, which prompts the decoder sees, the boxes and
/// all random draws. Draws come from streams of their own per micro-batch, as many for every target and round, so nothing else moves them.
/// </summary>
public sealed class ClickPlan
{
    private readonly TrainingConfig config;
    private readonly ClickPolicy policy;
    private readonly int targets;
    private readonly int clickFree;
    private readonly bool boxFirst;
    private readonly PromptTable table;

    public ClickPlan(TrainingConfig config, ClickPolicy policy, Extent3 grid, byte[][] targets, long microBatch)
    {
        (this.config, this.policy, this.targets) = (config, policy, targets.Length);
        var rounds = RandomStream.Create(config.Seed, StreamPurpose.Rounds, microBatch);
        clickFree = config.ClickFreeRounds && config.Rounds > 3 ? 2 + rounds.Int(Math.Min(7, config.Rounds - 3)) : -1;
        boxFirst = rounds.NextDouble() < config.BoxProbability;
        var boxStream = RandomStream.Create(config.Seed, StreamPurpose.Boxes, microBatch);
        var order = new Size3(grid.W, grid.H, grid.D);
        table = new(targets.Length, config.Rounds, boxFirst ? [.. targets.SelectMany(target => JitteredBox.Around(target, order, ref boxStream))] : null);
        Draws = Drawn(microBatch);
    }

    /// <summary>What distinguishes the shapes of one micro-batch's pass from another's.</summary>
    public string Signature => $"{targets} prompts, click-free round {clickFree}, {(boxFirst ? "box" : "click")} first";

    /// <summary>(Rounds, targets, 3): how and with which random word the click of each round and target is placed.</summary>
    public int[] Draws { get; }

    /// <summary>The boxes on the device, with room for the clicks.</summary>
    public Tensor Upload(Tape tape) => table.Upload(tape);

    /// <summary>Whether every target gets a new click in this round.</summary>
    public bool Clicks(int round) => !IsClickFree(round) && !(round == 0 && boxFirst);

    /// <summary>The entry of the table that the click of this round goes to: the number of clicks before it.</summary>
    public int Entry(int round) => Enumerable.Range(0, round).Count(Clicks);

    /// <summary>The prompts that the decoder sees in this round, its click included; null for none.</summary>
    public PromptTokens? VisiblePrompts(int round, Tensor uploaded)
    {
        if (IsClickFree(round))
        {
            return null;
        }

        if (!Clicks(round))
        {
            return table.VisiblePrompts(uploaded, 0, 0, withBoxes: true);
        }

        var entry = Entry(round);
        return policy == ClickPolicy.All ? table.VisiblePrompts(uploaded, 0, entry + 1, boxFirst) : table.VisiblePrompts(uploaded, entry, 1, withBoxes: false);
    }

    private bool IsClickFree(int round) => round > 0 && config.ClickFreeRounds && (round == clickFree || round == config.Rounds - 1);

    private int[] Drawn(long microBatch)
    {
        var stream = RandomStream.Create(config.Seed, StreamPurpose.Clicks, microBatch);
        var draws = new int[3 * config.Rounds * targets];
        for (var at = 0; at < draws.Length; at += 3)
        {
            var isDeepestFirst = stream.NextDouble() < config.DeepestFirstClick;
            var isFirst = at < 3 * targets;
            draws[at] = (isFirst ? isDeepestFirst : config.NextClick == ClickRule.Challenge) ? 1 : 0;
            (draws[at + 1], draws[at + 2]) = ((int)stream.NextUInt32(), (int)stream.NextUInt32());
        }

        return draws;
    }
}
