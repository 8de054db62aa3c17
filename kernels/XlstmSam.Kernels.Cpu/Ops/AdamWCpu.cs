using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Adam and AdamW in one pass over the slabs, in blocks of a fixed size.</summary>
internal sealed unsafe class AdamWCpu(WorkerPool pool) : IAdamW
{
    private const long Block = 1 << 15;

    public void Update(in AdamWStep step, View sumOfSquares, View parameters, View gradients, View firstMoment, View secondMoment)
    {
        var length = parameters.Length;
        Debug.Assert(gradients.Length == length && firstMoment.Length == length && secondMoment.Length == length, "Slabs have one length.");
        float* theta = CpuBuffer.Floats(parameters), g = CpuBuffer.Floats(gradients);
        float* m = CpuBuffer.Floats(firstMoment), v = CpuBuffer.Floats(secondMoment);
        var (by, squares) = (AdamWCoefficients.Of(step), sumOfSquares.IsNone ? 0 : *CpuBuffer.Floats(sumOfSquares));
        if (AdamWCoefficients.IsFinite(squares))
        {
            FixedBlocks.Run(pool, length, Block, new UpdateJob(by, by.Scale(squares), theta, g, m, v));
        }
    }

    private static void Update(in AdamWCoefficients by, float scale, float* theta, float* g, float* m, float* v, int count)
    {
        var n = 0;
        for (; n + 8 <= count; n += 8)
        {
            Vector256<float> t = Vector256.Load(theta + n), m0 = Vector256.Load(m + n), v0 = Vector256.Load(v + n);
            var gradient = (Vector256.Create(scale) * Vector256.Load(g + n)) + (Vector256.Create(by.CoupledDecay) * t);
            var m1 = (Vector256.Create(by.Beta1) * m0) + (Vector256.Create(by.OneMinusBeta1) * gradient);
            var v1 = (Vector256.Create(by.Beta2) * v0) + (Vector256.Create(by.OneMinusBeta2) * gradient * gradient);
            var denominator = (Vector256.Sqrt(v1) * Vector256.Create(by.RootScale)) + Vector256.Create(by.Epsilon);
            m1.Store(m + n);
            v1.Store(v + n);
            ((Vector256.Create(by.Keep) * t) - (Vector256.Create(by.StepSize) * (m1 / denominator))).Store(theta + n);
        }

        for (; n < count; n++)
        {
            var gradient = (scale * g[n]) + (by.CoupledDecay * theta[n]);
            m[n] = (by.Beta1 * m[n]) + (by.OneMinusBeta1 * gradient);
            v[n] = (by.Beta2 * v[n]) + (by.OneMinusBeta2 * gradient * gradient);
            theta[n] = (by.Keep * theta[n]) - (by.StepSize * (m[n] / ((MathF.Sqrt(v[n]) * by.RootScale) + by.Epsilon)));
        }
    }

    private readonly struct UpdateJob(AdamWCoefficients by, float scale, float* theta, float* g, float* m, float* v) : IBlockJob
    {
        public void Run(long start, long end) => Update(by, scale, theta + start, g + start, m + start, v + start, (int)(end - start));
    }
}
