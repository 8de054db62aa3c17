using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Measuring;

/// <summary>Our model as the trainer and the predictor run it: planned passes over one slab, one optimiser call over the parameters.</summary>
public sealed class ModelHarness : IDisposable
{
    private readonly IBackend backend;
    private readonly PlannedPass passes;
    private readonly TrainingConfig training = new();
    private readonly Optimizer? optimizer;
    private long steps;

    /// <param name="training">Also allocate gradients and the optimiser's moments, and record for backward.</param>
    public ModelHarness(ModelConfig config, IBackend backend, bool training)
    {
        this.backend = backend;
        Model = ModelFamilies.Build(config, backend, training);
        Model.Initialize(this.training.Seed);
        passes = training ? PlannedPass.ForTraining(backend) : PlannedPass.ForInference(backend);
        optimizer = training ? new(Model.Parameters, backend, this.training, Model.Traits.ParameterGroups) : null;
    }

    public IPromptModel Model { get; }

    /// <summary>The embedding of an image.</summary>
    public float[] Encode(float[] image) => passes.Run("encode", tape => Model.UploadImage(tape, image), Model.Encode, (tape, embedding) => tape.Download(embedding));

    /// <summary>One click on an embedding that was kept: logits on the image's grid.</summary>
    public float[] Click(float[] embedding, PromptBatch click) =>
        passes.Run("click", tape => Model.UploadDecoderInputs(tape, embedding, click, lowRes: null), Model.DecodeToGrid, (tape, logits) => tape.Download(logits.Full));

    /// <summary>Encode, decode every round on the logits of the round before, sum of the losses, backward, update. Returns the loss.</summary>
    public double Step(ModelInputs inputs)
    {
        var loss = passes.Run("step", tape => Upload(tape, inputs), Pass, (tape, losses) => losses.Sum(value => (double)tape.Download(value)[0]));
        optimizer!.Step(steps++, training.LearningRate);
        return loss;
    }

    public void Dispose()
    {
        passes.Dispose();
        Model.Dispose();
    }

    private StepInputs Upload(Tape tape, ModelInputs inputs)
    {
        var low = Model.LowRes;
        return new(
            tape.Labels(inputs.Target), Model.UploadImage(tape, inputs.Image), tape.Zeros(new(1, low.D, low.H, low.W)),
            [.. inputs.Rounds.Select(round => round.Upload(tape))]);
    }

    private List<Tensor> Pass(Tape tape, StepInputs inputs)
    {
        var (embedding, mask) = (Model.Encode(tape, inputs.Image), inputs.Mask);
        var losses = new List<Tensor>(inputs.Rounds.Length);
        foreach (var round in inputs.Rounds)
        {
            mask = Model.Decode(tape, embedding, round, mask);
            losses.Add(DiceCe.Apply(tape, Model.Upscale(tape, mask), inputs.Labels, DiceCeWeights.Default));
        }

        tape.Backward(losses);
        return losses;
    }

    private sealed record StepInputs(Block Labels, Tensor Image, Tensor Mask, PromptTokens?[] Rounds);
}
