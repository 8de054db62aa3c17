using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>
/// Clips, updates and clears: one optimiser step over the slabs. Parameters that no gradient reached stay as they are, without decay, and all
/// do where the gradient's norm is not a finite number.
/// </summary>
/// <param name="groups">The groups of parameters with rates of their own, as a model's traits have them.</param>
public sealed class Optimizer(ParameterStore parameters, IBackend backend, TrainingConfig config, IReadOnlyList<ParameterGroup> groups)
{
    /// <summary>Issues the update and does not wait for it.</summary>
    /// <param name="step">The number of this update, from 0.</param>
    public void Step(long step, double learningRate)
    {
        backend.Reduction.SumOfSquares(parameters.Gradients, parameters.GradientSquares);
        foreach (var (group, start, length) in parameters.Runs(p => groups.First(group => group.Fits(p.Name))))
        {
            var update = new AdamWStep(
                (float)(learningRate * config.Rates.GetValueOrDefault(group.Name, group.Rate)), (float)config.WeightDecay,
                config.Optimizer == OptimizerKind.AdamW, step + 1, (float)config.ClipNorm);
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
