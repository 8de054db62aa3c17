using XlstmSam.Engine;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Models;
using XlstmSam.OpCases;
using XlstmSam.Tests.Models;
using XlstmSam.Training;

namespace XlstmSam.Tests.Cuda;

/// <summary>The residual U-Net on an interpreted card: encode, decode and whole training steps follow the processor, and are launched as captured passes.</summary>
public sealed class CudaResidualUNetTests
{
    private static readonly TrainingConfig Training = new()
    {
        Rounds = 2,
        ClickFreeRounds = false,
        BoxProbability = 0,
        NextClick = ClickRule.Challenge,
        DeepestFirstClick = 1,
        ClickThreshold = 0,
        LossReduction = LossReduction.Mean,
    };

    [Fact]
    public void ClicksBoxesAndMasksAreAnsweredAsOnTheProcessor()
    {
        using var cpu = new CpuBackend(threads: 2);
        using var card = new CudaBackend(new InterpretedDevice());
        using var ours = MicroModel.Build(cpu, MicroModel.UNet);
        using var theirs = MicroModel.Build(card, MicroModel.UNet);
        using var ourPasses = PlannedPass.ForInference(cpu);
        using var theirPasses = PlannedPass.ForInference(card);
        float[]? mask = null;
        for (var run = 0; run < 3; run++)
        {
            var prompts = new PromptBatch(1, 1, [run, 1, 2 * run], [run % 2], [1, 0, 3, 4 + run, 2, 7]);
            var expected = Answer(ours, ourPasses, prompts, mask);
            var found = Answer(theirs, theirPasses, prompts, mask);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
            mask = expected;
        }

        static float[] Answer(IPromptModel model, PlannedPass passes, PromptBatch prompts, float[]? mask)
        {
            var image = MicroModel.Image(model.Config, 1);
            var embedding = passes.Run("encode", tape => model.UploadImage(tape, image), model.Encode, (tape, encoded) => tape.Download(encoded));
            Assert.Equal(image, embedding);
            return passes.Run("decode", tape => model.UploadDecoderInputs(tape, embedding, prompts, mask), model.DecodeToGrid, (tape, logits) => tape.Download(logits.Full));
        }
    }

    [Fact]
    public void ATrainingStepFollowsTheProcessorAndIsOneLaunchFromTheThirdOn()
    {
        using var cpu = new CpuBackend(threads: 2);
        using var card = new CudaBackend(new InterpretedDevice());
        using var ours = MicroModel.Build(cpu, MicroModel.UNet);
        using var theirs = MicroModel.Build(card, MicroModel.UNet);
        using var ourPasses = PlannedPass.ForTraining(cpu);
        using var theirPasses = PlannedPass.ForTraining(card);
        var (ourStep, theirStep) = (new TrainingStep(ours, Training, ourPasses), new TrainingStep(theirs, Training, theirPasses));
        for (var microBatch = 0; microBatch < 3; microBatch++)
        {
            var (expected, found) = (ourStep.Run(Samples(), microBatch), theirStep.Run(Samples(), microBatch));
            Assert.Equal(expected.Loss, found.Loss, tolerance: 1e-4);
            Assert.Equal(expected.Dice, found.Dice, tolerance: 1e-3);
        }

        Assert.Equal(1, theirPasses.Captures);
    }

    private static TrainingSample[] Samples() =>
        [new("case", MicroModel.Image(MicroModel.UNet, 1), [Sampler.Labels(1, MicroModel.UNet.Input.Size.Count, 0.2), Sampler.Labels(11, MicroModel.UNet.Input.Size.Count, 0.3)])];
}
