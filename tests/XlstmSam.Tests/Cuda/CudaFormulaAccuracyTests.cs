using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Tests.Cuda;

/// <summary>The exponential and the logarithm of a GPU thread, swept: the worst error in units of the last place of the exact result.</summary>
[Thorough]
public sealed class CudaFormulaAccuracyTests : IDisposable
{
    private const int Count = 50_021;
    private readonly CudaBackend backend = new(new InterpretedDevice());

    [Fact]
    public void ExpIsWithinThreeUlps() => Assert.InRange(Worst<Exp>(-87, 88.7, Math.Exp), 0, 3);

    // Below the normal numbers an ulp is the spacing of subnormal ones.
    [Fact]
    public void ExpDiesOutGradually() => Assert.InRange(Worst<Exp>(-104, -87, Math.Exp), 0, 3);

    [Fact]
    public void SoftplusIsWithinFourUlps() => Assert.InRange(Worst<Softplus>(-80, 80, x => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)))), 0, 4);

    [Fact]
    public void NotANumberStays()
    {
        Assert.Equal([float.NaN, float.NaN], Of<Exp>([float.NaN, -float.NaN]));
        Assert.Equal([float.PositiveInfinity, 0], Of<Exp>([float.PositiveInfinity, float.NegativeInfinity]));
        Assert.Equal([float.NaN, float.PositiveInfinity], Of<Softplus>([float.NaN, float.PositiveInfinity]));
    }

    public void Dispose() => backend.Dispose();

    private double Worst<TFormula>(double from, double to, Func<double, double> exact)
        where TFormula : struct, IUnaryFormula
    {
        var x = Enumerable.Range(0, Count).Select(i => (float)(from + ((to - from) * i / (Count - 1)))).ToArray();
        return Of<TFormula>(x).Select((y, i) => Ulps(y, exact(x[i]))).Max();
    }

    private float[] Of<TFormula>(float[] x)
        where TFormula : struct, IUnaryFormula
    {
        var y = new float[x.Length];
        using var input = backend.Allocate(x.Length * sizeof(float));
        using var output = backend.Allocate(x.Length * sizeof(float));
        backend.Upload(x, new View(input, 0, x.Length));
        backend.Elementwise.Unary<TFormula>(new(input, 0, x.Length), new(output, 0, x.Length));
        backend.Download(new(output, 0, x.Length), y);
        return y;
    }

    private static double Ulps(float value, double exact)
    {
        var size = MathF.Abs((float)exact);
        return Math.Abs(value - exact) / (MathF.BitIncrement(size) - size);
    }

    private static double LogOnePlus(double x) => x < 1e-5 ? x - (x * x / 2) : Math.Log(1 + x);
}
