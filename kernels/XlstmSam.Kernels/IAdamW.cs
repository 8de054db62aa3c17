namespace XlstmSam.Kernels;

/// <summary>
/// One update. Decoupled (AdamW): θ *= 1 - lr wd first. Otherwise (Adam) the gradient gets wd θ added.
/// Step counts from 1; GradientScale multiplies the gradient before anything else (clipping, accumulation).
/// </summary>
public readonly record struct AdamWStep(
    float LearningRate, float WeightDecay, bool Decoupled, long Step, float GradientScale = 1, float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f);

/// <summary>
/// m = β1 m + (1-β1) g, v = β2 v + (1-β2) g², θ -= lr (m / (1-β1^t)) / (sqrt(v / (1-β2^t)) + ε), over a whole slab at once.
/// </summary>
public interface IAdamW
{
    void Update(in AdamWStep step, View parameters, View gradients, View firstMoment, View secondMoment);
}
