using System.Numerics;
using System.Runtime.Intrinsics;

namespace XlstmSam.PtxInterpreter;

/// <summary>Truncates; the smallest number by -1 wraps to itself. The decoder has put a check for zero before it.</summary>
internal readonly struct IntegerDivide : IScalarBinary
{
    public static T Apply<T>(T x, T y)
        where T : unmanaged, IBinaryInteger<T>
        => T.IsNegative(y) && y == T.Zero - T.One ? T.Zero - x : x / y;
}

internal readonly struct Remainder : IScalarBinary
{
    public static T Apply<T>(T x, T y)
        where T : unmanaged, IBinaryInteger<T>
        => T.IsNegative(y) && y == T.Zero - T.One ? T.Zero : x % y;
}

/// <summary>The upper half of the product.</summary>
internal readonly struct MultiplyHigh : IScalarBinary
{
    public static unsafe T Apply<T>(T x, T y)
        where T : unmanaged, IBinaryInteger<T>
        => T.CreateTruncating((Int128.CreateTruncating(x) * Int128.CreateTruncating(y)) >> (8 * sizeof(T)));
}

/// <summary>Division by zero has no defined result on hardware: here it ends the launch.</summary>
internal sealed unsafe class CheckedDivision<T, TOp>(int target, int first, int second) : Instruction
    where T : unmanaged, IBinaryInteger<T>
    where TOp : struct, IScalarBinary
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<T>(target);
        var x = warp.Register<T>(first);
        var y = warp.Register<T>(second);
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            d[lane] = y[lane] != T.Zero ? TOp.Apply(x[lane], y[lane]) : throw warp.Fault(this, 1u << lane, "Division by zero.");
        }
    }
}

/// <summary>mul.wide and mad.wide: 32-bit factors, 64-bit product.</summary>
internal sealed unsafe class WideMultiply<T>(int target, int first, int second, int addend) : Instruction
    where T : unmanaged
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<long>(target);
        var x = warp.Register<T>(first);
        var y = warp.Register<T>(second);
        var z = addend < 0 ? null : warp.Register<long>(addend);
        for (var lane = 0; lane < Lanes.Count; lane += 8)
        {
            var (xLower, xUpper) = Widen(x + lane);
            var (yLower, yUpper) = Widen(y + lane);
            var (lower, upper) = (xLower * yLower, xUpper * yUpper);
            if (z is not null)
            {
                (lower, upper) = (lower + Vector256.Load(z + lane), upper + Vector256.Load(z + lane + 4));
            }

            Lanes.Store(d, lane, lower, mask);
            Lanes.Store(d, lane + 4, upper, mask);
        }
    }

    private static (Vector256<long> Lower, Vector256<long> Upper) Widen(T* source)
    {
        if (typeof(T) == typeof(int))
        {
            return Vector256.Widen(Vector256.Load((int*)source));
        }

        var (lower, upper) = Vector256.Widen(Vector256.Load((uint*)source));
        return (lower.AsInt64(), upper.AsInt64());
    }
}

internal interface IShift
{
    /// <summary>The count is below the number of bits.</summary>
    static abstract Vector256<T> Apply<T>(Vector256<T> x, int count);

    static abstract T Apply<T>(T x, int count)
        where T : unmanaged, IBinaryInteger<T>;

    /// <summary>What is left when the count reaches the number of bits: a shift by one less, of this.</summary>
    static abstract T Spent<T>(T x)
        where T : unmanaged, IBinaryInteger<T>;
}

internal readonly struct ShiftLeft : IShift
{
    public static Vector256<T> Apply<T>(Vector256<T> x, int count) => x << count;

    public static T Apply<T>(T x, int count)
        where T : unmanaged, IBinaryInteger<T>
        => x << count;

    public static T Spent<T>(T x)
        where T : unmanaged, IBinaryInteger<T>
        => T.Zero;
}

/// <summary>Arithmetic for signed types, logical for the others.</summary>
internal readonly struct ShiftRight : IShift
{
    public static Vector256<T> Apply<T>(Vector256<T> x, int count) => x >> count;

    public static T Apply<T>(T x, int count)
        where T : unmanaged, IBinaryInteger<T>
        => x >> count;

    public static T Spent<T>(T x)
        where T : unmanaged, IBinaryInteger<T>
        => T.IsNegative(x) ? T.Zero - T.One : T.Zero;
}

/// <summary>A shift by a count known in the text and below the number of bits.</summary>
internal sealed unsafe class ShiftBy<T, TOp>(int target, int source, int count) : Instruction
    where T : unmanaged
    where TOp : struct, IShift
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<T>(target);
        var x = warp.Register<T>(source);
        for (var lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
        {
            Lanes.Store(d, lane, TOp.Apply(Vector256.Load(x + lane), count), mask);
        }
    }
}

/// <summary>A shift by a register; a count beyond the number of bits shifts everything out.</summary>
internal sealed unsafe class Shift<T, TOp>(int target, int source, int count) : Instruction
    where T : unmanaged, IBinaryInteger<T>
    where TOp : struct, IShift
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<T>(target);
        var x = warp.Register<T>(source);
        var n = warp.Register<uint>(count);
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            d[lane] = n[lane] < 8 * sizeof(T) ? TOp.Apply(x[lane], (int)n[lane]) : TOp.Spent(x[lane]);
        }
    }
}
