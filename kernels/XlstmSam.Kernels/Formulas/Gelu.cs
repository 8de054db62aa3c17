using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = x Φ(x), Φ the normal distribution function (the erf form); dx = dy (Φ(x) + x φ(x)), φ(x) = exp(-x² / 2) / sqrt(2π).</summary>
public readonly struct Gelu : IUnaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T x)
        where T : unmanaged, ILane<T> => x * LaneMath.NormalDistribution(x, out _);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T>
    {
        var distribution = LaneMath.NormalDistribution(x, out var bell);
        return dy * (distribution + (T.Of(0.39894228f) * x * bell));
    }
}
