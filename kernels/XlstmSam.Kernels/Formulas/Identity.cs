using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = x; dx = dy. The formula of an epilogue without an activation.</summary>
public readonly struct Identity : IUnaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T x)
        where T : unmanaged, ILane<T> => x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T> => dy;
}
