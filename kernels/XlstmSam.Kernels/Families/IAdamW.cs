namespace XlstmSam.Kernels;

/// <summary>
/// One update. Decoupled (AdamW): θ *= 1 - lr wd first. Otherwise (Adam) the gradient gets wd θ added. Step counts from 1. A ClipNorm above 0
/// bounds the gradient's norm before anything else.
/// </summary>
public readonly record struct AdamWStep(
    float LearningRate, float WeightDecay, bool Decoupled, long Step, float ClipNorm = 0, float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f);

/// <summary>
/// g = s gradient, m = β1 m + (1-β1) g, v = β2 v + (1-β2) g², θ -= lr (m / (1-β1^t)) / (sqrt(v / (1-β2^t)) + ε), over a whole slab at once.
/// With norm = sqrt(sumOfSquares), s = ClipNorm / norm where 0 &lt; ClipNorm &lt; norm, else 1, in float. Where sumOfSquares is not a finite
/// number nothing changes, so that a gradient that went wrong spoils no weight before the host hears of it.
/// </summary>
public interface IAdamW
{
    /// <summary>One update of a slab of parameters.</summary>
    /// <param name="step">The step and its rates.</param>
    /// <param name="sumOfSquares">(1): Σ gradient² over all slabs of the update; None without clipping and without that check.</param>
    /// <param name="parameters">The values, updated.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="firstMoment">m, updated.</param>
    /// <param name="secondMoment">v, updated.</param>
    void Update(in AdamWStep step, View sumOfSquares, View parameters, View gradients, View firstMoment, View secondMoment);
}

// about 12 operations per parameter; four arrays read, three written.
internal sealed partial class CountedKernels : IAdamW
{
    public void Update(in AdamWStep step, View sumOfSquares, View parameters, View gradients, View firstMoment, View secondMoment) =>
        ledger.Add("AdamW", TallyPass.Update, 12 * parameters.Length, 7 * parameters.Length * sizeof(float));
}
