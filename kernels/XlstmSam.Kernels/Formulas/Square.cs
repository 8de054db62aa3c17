using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels;

/// <summary>y = x²; dx = 2 x dy.</summary>
public readonly struct Square : IUnaryFormula
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T x)
        where T : unmanaged, ILane<T> => x * x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T x, T dy)
        where T : unmanaged, ILane<T> => (x + x) * dy;
}
