using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Adam and AdamW over whole slabs in one pass: the first 4 quads elements four at a time, the rest one by one.</summary>
public static class AdamWKernels
{
    private const int BlockSize = 256;

    [CudaKernel(BlockSize, minBlocks: 4)]
    public static void Update(
        ArrayView<float> sumOfSquares, ArrayView<float> parameters, ArrayView<float> gradients, ArrayView<float> firstMoment, ArrayView<float> secondMoment,
        AdamWCoefficients by, long quads)
    {
        var squares = sumOfSquares.Length > 0 ? sumOfSquares[0] : 0;
        if (!AdamWCoefficients.IsFinite(squares))
        {
            return;
        }

        var scale = by.Scale(squares);
        var (theta4, g4, m4, v4) = (parameters.Cast<Float4>(), gradients.Cast<Float4>(), firstMoment.Cast<Float4>(), secondMoment.Cast<Float4>());
        for (var i = Threads.Index; i < quads; i += Threads.Count)
        {
            var (theta, g, m, v) = (theta4[i], g4[i], m4[i], v4[i]);
            Update(by, scale * g.X, ref theta.X, ref m.X, ref v.X);
            Update(by, scale * g.Y, ref theta.Y, ref m.Y, ref v.Y);
            Update(by, scale * g.Z, ref theta.Z, ref m.Z, ref v.Z);
            Update(by, scale * g.W, ref theta.W, ref m.W, ref v.W);
            (theta4[i], m4[i], v4[i]) = (theta, m, v);
        }

        for (var i = (4 * quads) + Threads.Index; i < parameters.Length; i += Threads.Count)
        {
            var (theta, m, v) = (parameters[i], firstMoment[i], secondMoment[i]);
            Update(by, scale * gradients[i], ref theta, ref m, ref v);
            (parameters[i], firstMoment[i], secondMoment[i]) = (theta, m, v);
        }
    }

    private static void Update(AdamWCoefficients by, float g, ref float theta, ref float m, ref float v)
    {
        var gradient = g + (by.CoupledDecay * theta);
        m = (by.Beta1 * m) + (by.OneMinusBeta1 * gradient);
        v = (by.Beta2 * v) + (by.OneMinusBeta2 * gradient * gradient);
        theta = (by.Keep * theta) - (by.StepSize * (m / ((MathF.Sqrt(v) * by.RootScale) + by.Epsilon)));
    }
}
