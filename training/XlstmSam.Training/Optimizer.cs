using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Training;

/// <summary>
/// Clips, updates and clears: one optimiser step over the slabs. Parameters that no gradient reached stay as they are, without decay, and all
/// do where the gradient's norm is not a finite number.
/// </summary>
public sealed class Optimizer(ParameterStore parameters, IBackend backend, TrainingConfig config)
{
    private const string EncoderPrefix = "image_encoder.";

    /// <summary>Issues the update and does not wait for it.</summary>
    /// <param name="step">The number of this update, from 0.</param>
    public void Step(long step, double learningRate)
    {
        backend.Reduction.SumOfSquares(parameters.Gradients, parameters.GradientSquares);
        foreach (var (isEncoder, start, length) in parameters.Runs(p => p.Name.StartsWith(EncoderPrefix, StringComparison.Ordinal)))
        {
            var update = new AdamWStep(
                (float)(learningRate * (isEncoder ? 1 : config.DecoderRate)), (float)config.WeightDecay, config.Optimizer == OptimizerKind.AdamW, step + 1, (float)config.ClipNorm);
            backend.AdamW.Update(
                update,
                parameters.GradientSquares,
                parameters.Values.Slice(start, length),
                parameters.Gradients.Slice(start, length),
                parameters.FirstMoment.Slice(start, length),
                parameters.SecondMoment.Slice(start, length));
        }

        parameters.ZeroGradients(backend);
    }

    /// <summary>The global gradient norm before clipping of the last step; waits until that is done.</summary>
    public double GradientNorm()
    {
        Span<float> squares = stackalloc float[1];
        backend.Download(parameters.GradientSquares, squares);
        return Math.Sqrt(squares[0]);
    }
}
