namespace XlstmSam.Kernels;

/// <summary>
/// The numbers of one <see cref="AdamWStep"/>, computed in double, as every backend applies them:
/// g = <see cref="Scale"/> * gradient + CoupledDecay * θ;  m = Beta1 m + OneMinusBeta1 g;  v = Beta2 v + OneMinusBeta2 g²;
/// θ = Keep * θ - StepSize * m / (RootScale * sqrt(v) + Epsilon).
/// </summary>
public readonly record struct AdamWCoefficients(
    float ClipNorm,
    float CoupledDecay,
    float Beta1,
    float OneMinusBeta1,
    float Beta2,
    float OneMinusBeta2,
    float Keep,
    float StepSize,
    float RootScale,
    float Epsilon)
{
    /// <summary>The numbers of one step.</summary>
    public static AdamWCoefficients Of(in AdamWStep step)
    {
        double beta1 = Written(step.Beta1), beta2 = Written(step.Beta2), rate = Written(step.LearningRate), decay = Written(step.WeightDecay);
        return new(
            step.ClipNorm,
            step.Decoupled ? 0 : step.WeightDecay,
            step.Beta1,
            (float)(1 - beta1),
            step.Beta2,
            (float)(1 - beta2),
            step.Decoupled ? (float)(1 - (rate * decay)) : 1,
            (float)(rate / (1 - Math.Pow(beta1, step.Step))),
            (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step.Step))),
            step.Epsilon);
    }

    /// <summary>Whether there is an update at all; NaN and infinity give false.</summary>
    public static bool IsFinite(float sumOfSquares) => sumOfSquares <= float.MaxValue;

    /// <summary>What the gradient is multiplied with.</summary>
    public float Scale(float sumOfSquares)
    {
        var norm = MathF.Sqrt(sumOfSquares);
        return ClipNorm > 0 && norm > ClipNorm ? ClipNorm / norm : 1;
    }

    /// <summary>The number that was meant: 0.999f is 0.99900001, which would put 1 - β2 off by 1.3e-5 of itself.</summary>
    private static double Written(float value) => (double)(decimal)value;
}
