using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = exp(x); dx = dy exp(x).</summary>
public readonly struct Exp : IUnaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T x)
        where T : unmanaged, ILane<T> => T.Exp(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T> => dy * T.Exp(x);
}
