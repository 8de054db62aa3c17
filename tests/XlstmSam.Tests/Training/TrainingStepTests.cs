using XlstmSam.Engine;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Models;
using XlstmSam.OpCases;
using XlstmSam.Tests.Cuda;
using XlstmSam.Tests.Models;
using XlstmSam.Training;

namespace XlstmSam.Tests.Training;

/// <summary>A whole step of a tiny model.</summary>
public sealed class TrainingStepTests
{
    private static readonly TrainingConfig Config = new()
    {
        Rounds = 4,
        ClickFreeRounds = false,
        BoxProbability = 0.5,
        NextClick = ClickRule.Challenge,
        DeepestFirstClick = 0.5,
        ClickThreshold = 0,
        LossReduction = LossReduction.Mean,
    };

    [Theory]
    [InlineData(ClickPolicy.All)]
    [InlineData(ClickPolicy.Newest)]
    public void NothingComesBackBeforeTheEnd(ClickPolicy policy)
    {
        using var cpu = new CpuBackend(threads: 2);
        var probe = new TransferProbe(cpu);
        using var model = MicroModel.Build(probe, MicroModel.Config with { Clicks = policy });
        using var passes = PlannedPass.ForTraining(probe);
        var step = new TrainingStep(model, Config, passes);
        for (var microBatch = 0; microBatch < 6; microBatch++)
        {
            var (uploads, downloads) = (probe.Uploads, probe.Downloads);
            var result = step.Run(Samples(model), microBatch);
            Assert.Equal((7, 1), (probe.Uploads - uploads, probe.Downloads - downloads));
            Assert.True(double.IsFinite(result.Loss) && double.IsFinite(result.Drop), $"{result}");
            Assert.InRange(result.FirstDice, 0, 1);
            Assert.InRange(result.Dice, 0, 1);
        }
    }

    [Thorough]
    [Fact]
    public void ACardCapturesTheStepAndFollowsTheProcessor()
    {
        using var cpu = new CpuBackend(threads: 2);
        using var card = new CudaBackend(new InterpretedDevice());
        using var ours = MicroModel.Build(cpu, MicroModel.Config);
        using var theirs = MicroModel.Build(card, MicroModel.Config);
        using var passes = PlannedPass.ForTraining(card);
        var step = new TrainingStep(theirs, Config with { BoxProbability = 0 }, passes);
        for (var microBatch = 0; microBatch < 4; microBatch++)
        {
            var captured = step.Run(Samples(theirs), microBatch);
            Assert.Equal(AsWritten(theirs, microBatch), captured);
            var expected = AsWritten(ours, microBatch);
            Assert.Equal(expected.Loss, captured.Loss, tolerance: 1e-4);
            Assert.Equal(expected.Dice, captured.Dice, tolerance: 1e-4);
        }

        Assert.Equal(1, passes.Captures);

        static MicroBatchResult AsWritten(IPromptModel model, long microBatch)
        {
            using var passes = PlannedPass.ForTraining(model.Backend);
            return new TrainingStep(model, Config with { BoxProbability = 0 }, passes).Run(Samples(model), microBatch);
        }
    }

    [Fact]
    public void AnEmptyTargetIsRefused()
    {
        using var backend = new CpuBackend(threads: 1);
        using var model = MicroModel.Build(backend, MicroModel.Config);
        using var passes = PlannedPass.ForTraining(backend);
        var sample = Samples(model)[0];
        var exception = Assert.Throws<InvalidOperationException>(() => new TrainingStep(model, Config, passes).Run([sample with { Targets = [new byte[model.Input.Size.Count]] }], 0));
        Assert.Contains(sample.CaseId, exception.Message, StringComparison.Ordinal);
    }

    private static TrainingSample[] Samples(IPromptModel model) =>
    [
        .. Enumerable.Range(1, 2).Select(seed => new TrainingSample(
            $"case {seed}", MicroModel.Image(model.Config, seed), [Sampler.Labels(seed, model.Input.Size.Count, 0.2), Sampler.Labels(seed + 10, model.Input.Size.Count, 0.3)])),
    ];
}
