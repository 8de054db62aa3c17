using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.PtxInterpreter;

/// <summary>Lane masks as vectors, and back.</summary>
internal static unsafe class Lanes
{
    public const int Count = 32;
    public const uint All = uint.MaxValue;

    /// <summary>All ones in the elements of a vector that starts at lane first and whose bit of the mask is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Mask<T>(uint mask, int first)
        where T : unmanaged
    {
        var bits = mask >> first;
        return sizeof(T) == 4
            ? Vector256.Equals(Vector256.Create(bits) & Bits32, Bits32).As<uint, T>()
            : Vector256.Equals(Vector256.Create((ulong)bits) & Bits64, Bits64).As<ulong, T>();
    }

    /// <summary>Writes the lanes of the mask and leaves the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T* target, int lane, Vector256<T> value, uint mask)
        where T : unmanaged
    {
        if (mask != All)
        {
            value = Vector256.ConditionalSelect(Mask<T>(mask, lane), value, Vector256.Load(target + lane));
        }

        value.Store(target + lane);
    }

    public static void Fill<T>(T* target, T value)
        where T : unmanaged
        => new Span<T>(target, Count).Fill(value);

    private static Vector256<uint> Bits32 => Vector256.Create(1u, 2, 4, 8, 16, 32, 64, 128);

    private static Vector256<ulong> Bits64 => Vector256.Create(1ul, 2, 4, 8);
}
