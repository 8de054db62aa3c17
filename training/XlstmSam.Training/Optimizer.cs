using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Training;

/// <summary>Clips, updates and clears: one optimiser step over the slabs. Parameters that no gradient reached stay as they are, without decay.</summary>
public sealed class Optimizer(ParameterStore parameters, IBackend backend, TrainingConfig config)
{
    private const string EncoderPrefix = "image_encoder.";

    /// <param name="step">The number of this update, from 0.</param>
    /// <returns>The global gradient norm before clipping.</returns>
    public double Step(long step, double learningRate)
    {
        var norm = GradientNorm();
        var scale = config.ClipNorm > 0 && norm > config.ClipNorm ? config.ClipNorm / norm : 1;
        foreach (var (isEncoder, start, length) in parameters.Runs(p => p.Name.StartsWith(EncoderPrefix, StringComparison.Ordinal)))
        {
            var update = new AdamWStep(
                (float)(learningRate * (isEncoder ? 1 : config.DecoderRate)), (float)config.WeightDecay, config.Optimizer == OptimizerKind.AdamW, step + 1, (float)scale);
            backend.AdamW.Update(
                update,
                parameters.Values.Slice(start, length),
                parameters.Gradients.Slice(start, length),
                parameters.FirstMoment.Slice(start, length),
                parameters.SecondMoment.Slice(start, length));
        }

        parameters.ZeroGradients(backend);
        return norm;
    }

    private double GradientNorm()
    {
        using var memory = backend.Allocate(sizeof(float));
        var sum = new View(memory, 0, 1);
        backend.Reduction.SumOfSquares(parameters.Gradients, sum);
        Span<float> value = stackalloc float[1];
        backend.Download(sum, value);
        return Math.Sqrt(value[0]);
    }
}
