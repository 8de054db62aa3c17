using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>
/// y = tanh(x) = sign(x) (1 - 2 / (exp(2|x|) + 1)), below |x| = 0.625 Cephes' odd polynomial; dx = dy 4 e / (1 + e)² with e = exp(-2|x|).
/// </summary>
public readonly struct Tanh : IUnaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T x)
        where T : unmanaged, ILane<T>
    {
        var size = T.Abs(x);
        var large = T.Of(1f) - (T.Of(2f) / (T.Exp(size + size) + T.Of(1f)));

        var z = x * x;
        var p = (T.Of(-5.70498872745e-3f) * z) + T.Of(2.06390887954e-2f);
        p = (p * z) + T.Of(-5.37397155531e-2f);
        p = (p * z) + T.Of(1.33314422036e-1f);
        p = (p * z) + T.Of(-3.33332819422e-1f);
        var small = (p * z * x) + x;

        return T.IfPositive(size - T.Of(0.625f), T.IfPositive(x, large, -large), small);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T>
    {
        var size = T.Abs(x);
        var e = T.Exp(-(size + size));
        var r = T.Of(2f) / (T.Of(1f) + e);
        return dy * (e * r * r);
    }
}
