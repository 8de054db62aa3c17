using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = σ(x) = 1 / (1 + exp(-x)); dx = dy σ(x) σ(-x) = dy e / (1 + e)² with e = exp(-|x|), which does not cancel.</summary>
public readonly struct Sigmoid : IUnaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T x)
        where T : unmanaged, ILane<T> => T.Of(1f) / (T.Of(1f) + T.Exp(-x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T>
    {
        var e = T.Exp(-T.Abs(x));
        var r = T.Of(1f) / (T.Of(1f) + e);
        return dy * (e * r * r);
    }
}
