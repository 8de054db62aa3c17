using CsCheck;
using XlstmSam.Kernels;

namespace XlstmSam.Tests.Kernels;

public sealed class SinCosPiTests
{
    [Fact]
    public void SineAndCosineAreWithinTwoUnitsOfTheLastPlace() =>
        Gen.Double[-64, 64].Sample(
            x =>
            {
                // Reduced to half a turn before the double functions see it, so that they are exact enough near multiples of π too.
                var turns = x - (2 * Math.Round(x / 2));
                var (sin, cos) = SinCosPi.SinCos(x);
                Within(Math.SinCos(Math.PI * turns).Sin, sin);
                Within(Math.SinCos(Math.PI * turns).Cos, cos);
            },
            iter: 20000);

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0.5, 1, 0)]
    [InlineData(1, 0, -1)]
    [InlineData(-0.5, -1, 0)]
    [InlineData(1001.5, -1, 0)]
    public void QuarterTurnsAreExact(double x, float sin, float cos) => Assert.Equal((sin, cos), SinCosPi.SinCos(x));

    // The double functions are off by 1e-16 themselves, which counts where the result is tiny.
    private static void Within(double expected, float actual)
    {
        var unit = MathF.BitIncrement(MathF.Abs((float)expected)) - MathF.Abs((float)expected);
        Assert.InRange(Math.Abs(expected - actual), 0, (2.0 * unit) + 1e-15);
    }
}
