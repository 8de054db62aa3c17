using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Tests.Training;

/// <summary>Which clicks a round places and which prompts it sees.</summary>
public sealed class ClickPlanTests
{
    private const int Rounds = 4;
    private static readonly Extent3 Grid = new(3, 4, 5);

    [Fact]
    public void EveryRoundSeesAllClicksSoFar()
    {
        var seen = VisiblePrompts(ClickPolicy.All, new() { Rounds = Rounds, ClickFreeRounds = false, BoxProbability = 0 });
        Assert.Equal(Enumerable.Range(1, Rounds).Select(clicks => new PointWindow(0, clicks, Rounds, 1)), seen.Select(tokens => tokens!.Window));
        Assert.All(seen, tokens => Assert.Equal((-1, 1), (tokens!.LowestLabel, tokens.HighestLabel)));
    }

    [Fact]
    public void EveryRoundSeesTheNewestClick()
    {
        var seen = VisiblePrompts(ClickPolicy.Newest, new() { Rounds = Rounds, ClickFreeRounds = false, BoxProbability = 1 });
        PointWindow[] expected = [new(0, 0, Rounds + 1, 2), .. Enumerable.Range(0, Rounds - 1).Select(click => new PointWindow(click, 1, Rounds, 1))];
        Assert.Equal(expected, seen.Select(tokens => tokens!.Window));
        Assert.Equal((2, 3), (seen[0]!.LowestLabel, seen[0]!.HighestLabel));
    }

    [Fact]
    public void ABoxStaysBesideTheClicks()
    {
        var seen = VisiblePrompts(ClickPolicy.All, new() { Rounds = Rounds, ClickFreeRounds = false, BoxProbability = 1 });
        Assert.Equal(Enumerable.Range(0, Rounds).Select(clicks => new PointWindow(0, clicks, Rounds + 1, 2)), seen.Select(tokens => tokens!.Window));
        Assert.Equal((0, 3), (seen[1]!.LowestLabel, seen[1]!.HighestLabel));
    }

    [Fact]
    public void ARoundWithoutAClickSeesNothingAndTakesNoEntry()
    {
        var config = new TrainingConfig { Rounds = Rounds, ClickFreeRounds = true, BoxProbability = 0 };
        var plan = Plan(ClickPolicy.Newest, config);
        var seen = VisiblePrompts(ClickPolicy.Newest, config);
        Assert.Equal([true, true, false, false], Enumerable.Range(0, Rounds).Select(plan.Clicks));
        Assert.Equal([true, true, false, false], seen.Select(tokens => tokens is not null));
        Assert.Equal([0, 1, 2, 2], Enumerable.Range(0, Rounds).Select(plan.Entry));
    }

    [Fact]
    public void DrawsFollowTheConfiguration()
    {
        var config = new TrainingConfig { Rounds = Rounds, NextClick = ClickRule.Challenge, DeepestFirstClick = 0 };
        var draws = Plan(ClickPolicy.All, config).Draws;
        Assert.Equal([0, 0, 1, 1, 1, 1, 1, 1], draws.Chunk(3).Select(draw => draw[0]));
        Assert.Equal(2 * Rounds, draws.Chunk(3).Select(draw => (draw[1], draw[2])).Distinct().Count());
        Assert.Equal(draws, Plan(ClickPolicy.Newest, config with { BoxProbability = 1 }).Draws);
        Assert.NotEqual(draws, Plan(ClickPolicy.All, config with { Seed = 1 }).Draws);
    }

    private static ClickPlan Plan(ClickPolicy policy, TrainingConfig config) =>
        new(config, policy, Grid, [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Repeat((byte)1, (int)Grid.Count).ToArray())], microBatch: 5);

    private static PromptTokens?[] VisiblePrompts(ClickPolicy policy, TrainingConfig config)
    {
        using var backend = new CpuBackend(threads: 1);
        using var arena = Arena.Free(backend);
        var plan = Plan(policy, config);
        var table = plan.Upload(Tape.ForInference(backend, arena));
        return [.. Enumerable.Range(0, Rounds).Select(round => plan.VisiblePrompts(round, table))];
    }
}
