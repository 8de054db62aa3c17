using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = x where x &gt; 0, else 0.01 x; dx = dy where x &gt; 0, else 0.01 dy.</summary>
public readonly struct LeakyRelu : IUnaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T x)
        where T : unmanaged, ILane<T> => T.IfPositive(x, x, T.Of(0.01f) * x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T> => T.IfPositive(x, dy, T.Of(0.01f) * dy);
}
