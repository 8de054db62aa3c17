using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = x σ(x); dx = dy σ(x) (1 + x σ(-x)).</summary>
public readonly struct Silu : IUnaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T x)
        where T : unmanaged, ILane<T> => x / (T.Of(1f) + T.Exp(-x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T>
    {
        // One exponential gives both halves: σ(|x|) = r and σ(-|x|) = e r.
        var e = T.Exp(-T.Abs(x));
        var r = T.Of(1f) / (T.Of(1f) + e);
        var gate = T.IfPositive(x, r, e * r);
        var rest = T.IfPositive(x, e * r, r);
        return dy * (gate * (T.Of(1f) + (x * rest)));
    }
}
