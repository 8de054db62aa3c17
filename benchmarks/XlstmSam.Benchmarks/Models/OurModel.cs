using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Benchmarks.Models;

/// <summary>Our model as the trainer and the predictor run it: planned passes over one slab, one optimiser call over the parameters.</summary>
public sealed class OurModel : IDisposable
{
    private readonly IBackend backend;
    private readonly PlannedPass passes;
    private readonly TrainingConfig training = new();
    private readonly Optimizer? optimizer;
    private long steps;

    /// <param name="training">Also allocate gradients and the optimiser's moments, and record for backward.</param>
    public OurModel(ModelConfig config, IBackend backend, bool training)
    {
        this.backend = backend;
        Model = new(config, backend, training);
        Model.Initialize(this.training.Seed);
        passes = training ? PlannedPass.ForTraining(backend) : PlannedPass.ForInference(backend);
        optimizer = training ? new(Model.Parameters, backend, this.training) : null;
    }

    public SegmentationModel Model { get; }

    /// <summary>The embedding of an image, (g0, g1, g2, E).</summary>
    public float[] Encode(float[] image) => passes.Run("encode", tape =>
    {
        var size = Model.Size;
        return Values(tape, Model.Encode(tape, tape.From(new(1, size.D, size.H, size.W, 1), image)));
    });

    /// <summary>One click on an embedding that was kept: logits on the image's grid.</summary>
    public float[] Click(float[] embedding, PromptBatch click) => passes.Run("click", tape =>
    {
        var (grid, low) = (Model.Grid, Model.LowRes);
        var image = tape.From(new(1, grid.D, grid.H, grid.W, Model.Config.Embedding), embedding);
        var mask = tape.Zeros(new(1, low.D, low.H, low.W));
        return Values(tape, Model.Upscale(tape, Model.Decode(tape, image, Model.Positions(tape), click, mask)));
    });

    /// <summary>Encode, decode every round on the logits of the round before, sum of the losses, backward, update. Returns the loss.</summary>
    public double Step(ModelInputs inputs)
    {
        var loss = passes.Run("step", tape => Pass(tape, inputs));
        optimizer!.Step(steps++, training.LearningRate);
        return loss;
    }

    public void Dispose()
    {
        passes.Dispose();
        Model.Dispose();
    }

    private double Pass(Tape tape, ModelInputs inputs)
    {
        var (size, low) = (Model.Size, Model.LowRes);
        var labels = tape.Labels(inputs.Target);
        var embedding = Model.Encode(tape, tape.From(new(1, size.D, size.H, size.W, 1), inputs.Image));
        var positions = Model.Positions(tape);
        var mask = tape.Zeros(new(1, low.D, low.H, low.W));
        var losses = new List<Tensor>(inputs.Rounds.Count);
        foreach (var round in inputs.Rounds)
        {
            mask = Model.Decode(tape, embedding, positions, round, mask);
            losses.Add(DiceCe.Apply(tape, Model.Upscale(tape, mask), labels, DiceCeWeights.Default));
        }

        var loss = losses.Sum(value => (double)Values(tape, value)[0]);
        tape.Backward(losses);
        return loss;
    }

    private float[] Values(Tape tape, Tensor tensor)
    {
        var values = new float[tensor.Shape.Length];
        tape.Backend.Download(tensor.Data, values);
        return values;
    }
}
