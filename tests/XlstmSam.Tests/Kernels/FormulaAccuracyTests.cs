using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;

namespace XlstmSam.Tests.Kernels;

/// <summary>The polynomials of the vector formulas, swept finely: the worst error in units of the last place of the exact result.</summary>
public sealed class FormulaAccuracyTests : IDisposable
{
    private const int Count = 400_003;
    private readonly CpuBackend backend = new(threads: 2);

    [Fact]
    public void ExpIsWithinTwoUlps() => Assert.InRange(Worst<Exp>(-80, 80, Math.Exp), 0, 2);

    [Fact]
    public void SiluIsWithinFourUlps() => Assert.InRange(Worst<Silu>(-80, 80, x => x / (1 + Math.Exp(-x))), 0, 4);

    [Fact]
    public void GeluIsWithinSixUlps() => Assert.InRange(Worst<Gelu>(-2, 10, x => x * NormalDistribution(x)), 0, 6);

    // Rounding x² costs half of x² ulps of its exponential: 12 at -5.
    [Fact]
    public void GeluKeepsItsTail() => Assert.InRange(Worst<Gelu>(-5, -2, x => x * NormalDistribution(x)), 0, 12);

    public void Dispose() => backend.Dispose();

    private double Worst<TFormula>(double from, double to, Func<double, double> exact)
        where TFormula : struct, IUnaryFormula
    {
        var x = Enumerable.Range(0, Count).Select(i => (float)(from + ((to - from) * i / (Count - 1)))).ToArray();
        var y = new float[Count];
        using var input = backend.Allocate(Count * sizeof(float));
        using var output = backend.Allocate(Count * sizeof(float));
        backend.Upload(x, new View(input, 0, Count));
        backend.Elementwise.Unary<TFormula>(new(input, 0, Count), new(output, 0, Count));
        backend.Download(new(output, 0, Count), y);
        return x.Select((value, i) => Ulps(y[i], exact(value))).Max();
    }

    private static double Ulps(float value, double exact)
    {
        var size = MathF.Abs((float)exact);
        return Math.Abs(value - exact) / (MathF.BitIncrement(size) - size);
    }

    /// <summary>Φ by the series of erf near 0 and by the continued fraction of erfc beyond, each to the precision of a double.</summary>
    private static double NormalDistribution(double x)
    {
        var t = Math.Abs(x) / Math.Sqrt(2);
        if (t < 2)
        {
            var (term, sum) = (t, t);
            for (var n = 1; sum + term != sum; n++)
            {
                term *= 2 * t * t / ((2 * n) + 1);
                sum += term;
            }

            var erf = 2 / Math.Sqrt(Math.PI) * Math.Exp(-t * t) * sum;
            return 0.5 * (1 + (Math.Sign(x) * erf));
        }

        var fraction = t;
        for (var k = 200; k > 0; k--)
        {
            fraction = t + (k / 2.0 / fraction);
        }

        var tail = 0.5 * Math.Exp(-t * t) / (Math.Sqrt(Math.PI) * fraction);
        return x > 0 ? 1 - tail : tail;
    }
}
