using System.Numerics;
using System.Runtime.Intrinsics;

namespace XlstmSam.PtxInterpreter;

internal enum BoolOperation
{
    None,
    And,
    Or,
    Xor,
}

/// <summary>A comparison; false if either operand is NaN.</summary>
internal interface IComparison
{
    static abstract Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y);
}

internal readonly struct Equal : IComparison
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Vector256.Equals(x, y);
}

internal readonly struct Less : IComparison
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Vector256.LessThan(x, y);
}

internal readonly struct LessOrEqual : IComparison
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Vector256.LessThanOrEqual(x, y);
}

/// <summary>Neither operand is NaN.</summary>
internal readonly struct Ordered : IComparison
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Vector256.Equals(x, x) & Vector256.Equals(y, y);
}

/// <summary>x and y differ and neither is NaN.</summary>
internal readonly struct OrderedDifferent : IComparison
{
    public static Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y) => Ordered.Apply(x, y) & ~Vector256.Equals(x, y);
}

/// <summary>setp: p = compare(x, y) op c, and q = not compare(x, y) op c.</summary>
/// <param name="negated">The comparison's opposite: how unordered comparisons are made of ordered ones.</param>
internal sealed unsafe class Compare<T, TOp>(
    int target, int complement, int first, int second, bool negated, BoolOperation combine, PredicateOperand with) : Instruction
    where T : unmanaged
    where TOp : struct, IComparison
{
    public override void Execute(Warp warp, uint mask)
    {
        var x = warp.Register<T>(first);
        var y = warp.Register<T>(second);
        var bits = 0u;
        for (var lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
        {
            bits |= TOp.Apply(Vector256.Load(x + lane), Vector256.Load(y + lane)).ExtractMostSignificantBits() << lane;
        }

        bits = negated ? ~bits : bits;
        var other = combine == BoolOperation.None ? 0 : with.Read(warp);
        Write(warp, target, Combine(bits, other), mask);
        if (complement >= 0)
        {
            Write(warp, complement, Combine(~bits, other), mask);
        }
    }

    private static void Write(Warp warp, int register, uint bits, uint mask) =>
        warp.Predicates[register] = (warp.Predicates[register] & ~mask) | (bits & mask);

    private uint Combine(uint bits, uint other) => combine switch
    {
        BoolOperation.And => bits & other,
        BoolOperation.Or => bits | other,
        BoolOperation.Xor => bits ^ other,
        _ => bits,
    };
}

/// <summary>and.pred, or.pred, xor.pred, not.pred, mov.pred.</summary>
internal sealed unsafe class PredicateLogic(int target, PredicateOperand first, PredicateOperand second, BoolOperation operation) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        var x = first.Read(warp);
        var result = operation switch
        {
            BoolOperation.And => x & second.Read(warp),
            BoolOperation.Or => x | second.Read(warp),
            BoolOperation.Xor => x ^ second.Read(warp),
            _ => x,
        };
        warp.Predicates[target] = (warp.Predicates[target] & ~mask) | (result & mask);
    }
}

/// <summary>selp: x where the predicate holds, y elsewhere.</summary>
internal sealed unsafe class Select<T>(int target, int first, int second, PredicateOperand predicate) : Instruction
    where T : unmanaged
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<T>(target);
        var x = warp.Register<T>(first);
        var y = warp.Register<T>(second);
        var chosen = predicate.Read(warp);
        for (var lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
        {
            var value = Vector256.ConditionalSelect(Lanes.Mask<T>(chosen, lane), Vector256.Load(x + lane), Vector256.Load(y + lane));
            Lanes.Store(d, lane, value, mask);
        }
    }
}

/// <summary>testp: a property of a float.</summary>
internal sealed unsafe class TestProperty<T>(int target, int source, Func<T, bool> holds) : Instruction
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public override void Execute(Warp warp, uint mask)
    {
        var x = warp.Register<T>(source);
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var bit = 1u << lane;
            warp.Predicates[target] = holds(x[lane]) ? warp.Predicates[target] | bit : warp.Predicates[target] & ~bit;
        }
    }
}
