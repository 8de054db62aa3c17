using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = a silu(b), the gate of a ViL layer; da = dy silu(b), db = dy a silu'(b).</summary>
public readonly struct MultiplySilu : IBinaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T a, T b)
        where T : unmanaged, ILane<T> => a * Silu.Forward(b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BackwardA<T>(T a, T b, T dy)
        where T : unmanaged, ILane<T> => dy * Silu.Forward(b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BackwardB<T>(T a, T b, T dy)
        where T : unmanaged, ILane<T> => Silu.Backward(b, dy * a);
}
