using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = a b; da = dy b, db = dy a.</summary>
public readonly struct Multiply : IBinaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T a, T b)
        where T : unmanaged, ILane<T> => a * b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BackwardA<T>(T a, T b, T dy)
        where T : unmanaged, ILane<T> => dy * b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BackwardB<T>(T a, T b, T dy)
        where T : unmanaged, ILane<T> => dy * a;
}
