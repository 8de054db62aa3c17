using System.Numerics;
using System.Runtime.Intrinsics;

namespace XlstmSam.PtxInterpreter;

/// <summary>An operation on every lane by itself, written once for all element types.</summary>
internal interface IUnary
{
    static abstract Vector256<T> Apply<T>(Vector256<T> x);
}

internal interface IBinary
{
    static abstract Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y);
}

internal interface ITernary
{
    static abstract Vector256<T> Apply<T>(Vector256<T> x, Vector256<T> y, Vector256<T> z);
}

internal sealed unsafe class Map1<T, TOp>(int target, int source) : Instruction
    where T : unmanaged
    where TOp : struct, IUnary
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<T>(target);
        var x = warp.Register<T>(source);
        for (var lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
        {
            Lanes.Store(d, lane, TOp.Apply(Vector256.Load(x + lane)), mask);
        }
    }
}

internal sealed unsafe class Map2<T, TOp>(int target, int first, int second) : Instruction
    where T : unmanaged
    where TOp : struct, IBinary
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<T>(target);
        var x = warp.Register<T>(first);
        var y = warp.Register<T>(second);
        for (var lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
        {
            Lanes.Store(d, lane, TOp.Apply(Vector256.Load(x + lane), Vector256.Load(y + lane)), mask);
        }
    }
}

internal sealed unsafe class Map3<T, TOp>(int target, int first, int second, int third) : Instruction
    where T : unmanaged
    where TOp : struct, ITernary
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<T>(target);
        var x = warp.Register<T>(first);
        var y = warp.Register<T>(second);
        var z = warp.Register<T>(third);
        for (var lane = 0; lane < Lanes.Count; lane += Vector256<T>.Count)
        {
            Lanes.Store(d, lane, TOp.Apply(Vector256.Load(x + lane), Vector256.Load(y + lane), Vector256.Load(z + lane)), mask);
        }
    }
}

/// <summary>An operation that has no vector form, from one element type to another.</summary>
internal interface IScalarUnary<TFrom, TTo>
{
    static abstract TTo Apply(TFrom x);
}

internal sealed unsafe class ScalarMap1<TFrom, TTo, TOp>(int target, int source) : Instruction
    where TFrom : unmanaged
    where TTo : unmanaged
    where TOp : struct, IScalarUnary<TFrom, TTo>
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<TTo>(target);
        var x = warp.Register<TFrom>(source);
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            d[lane] = TOp.Apply(x[lane]);
        }
    }
}

internal interface IScalarBinary
{
    static abstract T Apply<T>(T x, T y)
        where T : unmanaged, IBinaryInteger<T>;
}

internal sealed unsafe class ScalarMap2<T, TOp>(int target, int first, int second) : Instruction
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
            d[lane] = TOp.Apply(x[lane], y[lane]);
        }
    }
}
