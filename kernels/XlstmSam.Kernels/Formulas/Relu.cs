using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = max(x, 0); dx = dy where x &gt; 0, else 0.</summary>
public readonly struct Relu : IUnaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T x)
        where T : unmanaged, ILane<T> => T.IfPositive(x, x, T.Of(0f));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T> => T.IfPositive(x, dy, T.Of(0f));
}
