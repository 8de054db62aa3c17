using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = a - b; da = dy, db = -dy.</summary>
public readonly struct Subtract : IBinaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T a, T b)
        where T : unmanaged, ILane<T> => a - b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BackwardA<T>(T a, T b, T dy)
        where T : unmanaged, ILane<T> => dy;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BackwardB<T>(T a, T b, T dy)
        where T : unmanaged, ILane<T> => -dy;
}
