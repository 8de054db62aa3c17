using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)); dx = dy σ(x).</summary>
public readonly struct Softplus : IUnaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T x)
        where T : unmanaged, ILane<T> => T.IfPositive(x, x, T.Of(0f)) + T.LogOnePlus(T.Exp(-T.Abs(x)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T> => dy * Sigmoid.Forward(x);
}
