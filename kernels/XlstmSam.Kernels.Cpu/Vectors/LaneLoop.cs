using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>What a loop does with the elements at [index, index + lanes); they stand in columns [column, column + lanes) of their row.</summary>
internal interface ILaneBody
{
    void Apply<T>(long index, long column)
        where T : unmanaged, ILane<T>;
}

/// <summary>Runs a body over a dense run of elements: eight at a time, one at a time at the end of every row.</summary>
internal static unsafe class LaneLoop
{
    /// <summary>Elements that a body is given at a time.</summary>
    public const int Lanes = 8;

    /// <summary>Elements [start, start + count) of an array with rows of <paramref name="width"/> elements.</summary>
    public static void Run<TBody>(TBody body, long start, long count, long width)
        where TBody : struct, ILaneBody
    {
        var column = start % width;
        while (count > 0)
        {
            var columns = Math.Min(width - column, count);
            Row(ref body, start, column, columns);
            start += columns;
            count -= columns;
            column = 0;
        }
    }

    /// <summary>Elements [start, start + count) of an array without rows.</summary>
    public static void Run<TBody>(TBody body, long start, long count)
        where TBody : struct, ILaneBody => Row(ref body, start, start, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(float* source)
        where T : unmanaged, ILane<T> => Unsafe.ReadUnaligned<T>(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(float* target, T value)
        where T : unmanaged, ILane<T> => Unsafe.WriteUnaligned(target, value);

    /// <summary>
    /// Stores past the caches, for arrays that they could not keep anyway: memory then need not be read before it is written. Registers lie aligned.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stream<T>(float* target, T value)
        where T : unmanaged, ILane<T>
    {
        if (typeof(T) == typeof(VectorLane))
        {
            Unsafe.BitCast<T, VectorLane>(value).Value.StoreAlignedNonTemporal(target);
        }
        else
        {
            Store(target, value);
        }
    }

    /// <summary>target += value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<T>(float* target, T value)
        where T : unmanaged, ILane<T> => Store(target, Load<T>(target) + value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<TBody>(ref TBody body, long start, long column, long count)
        where TBody : struct, ILaneBody
    {
        long i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            body.Apply<VectorLane>(start + i, column + i);
        }

        if (i < count)
        {
            Rest(body, start + i, column + i, count - i);
        }
    }

    // A method of its own: the compiler inlines only so much into one method, and the vectors need all of it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Rest<TBody>(TBody body, long start, long column, long count)
        where TBody : struct, ILaneBody
    {
        for (long i = 0; i < count; i++)
        {
            body.Apply<ScalarLane>(start + i, column + i);
        }
    }
}
