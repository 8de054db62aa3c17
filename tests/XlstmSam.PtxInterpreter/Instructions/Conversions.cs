using System.Numerics;

namespace XlstmSam.PtxInterpreter;

/// <summary>How a number of one type becomes one of another.</summary>
internal interface IConversion
{
    static abstract TTo Apply<TFrom, TTo>(TFrom x)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>;
}

/// <summary>Integers keep their low bits, floats round to nearest even.</summary>
internal readonly struct Plain : IConversion
{
    public static TTo Apply<TFrom, TTo>(TFrom x)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
        => TTo.CreateTruncating(x);
}

/// <summary>.sat between integers: to the nearest number of the target.</summary>
internal readonly struct Saturating : IConversion
{
    public static TTo Apply<TFrom, TTo>(TFrom x)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
        => TTo.CreateSaturating(x);
}

/// <summary>.rni, .rzi, .rmi, .rpi: to an integral value first; an integer target saturates, and NaN becomes 0.</summary>
internal readonly struct Integral<TRounding> : IConversion
    where TRounding : struct, IRounding
{
    public static TTo Apply<TFrom, TTo>(TFrom x)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
        => TTo.CreateSaturating(Math.Round(double.CreateTruncating(x), TRounding.Mode));
}

internal interface IRounding
{
    static abstract MidpointRounding Mode { get; }
}

internal readonly struct ToNearest : IRounding
{
    public static MidpointRounding Mode => MidpointRounding.ToEven;
}

internal readonly struct ToZero : IRounding
{
    public static MidpointRounding Mode => MidpointRounding.ToZero;
}

internal readonly struct Down : IRounding
{
    public static MidpointRounding Mode => MidpointRounding.ToNegativeInfinity;
}

internal readonly struct Up : IRounding
{
    public static MidpointRounding Mode => MidpointRounding.ToPositiveInfinity;
}

/// <summary>cvt between numbers. A narrow result is extended to its register by its sign.</summary>
internal sealed unsafe class Convert<TFrom, TTo, TConversion>(int target, int targetSlot, int source, int sourceSlot, bool flush) : Instruction
    where TFrom : unmanaged, INumberBase<TFrom>
    where TTo : unmanaged, INumberBase<TTo>
    where TConversion : struct, IConversion
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<byte>(target);
        var s = warp.Register<byte>(source);
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var x = *(TFrom*)(s + (lane * sourceSlot));
            Write(d + (lane * targetSlot), Flush(TConversion.Apply<TFrom, TTo>(Flush(x))));
        }
    }

    private T Flush<T>(T x) => flush && x is float value ? (T)(object)Subnormal.Flush(value) : x;

    private void Write(byte* d, TTo value)
    {
        if (sizeof(TTo) == targetSlot)
        {
            *(TTo*)d = value;
        }
        else if (targetSlot == 8)
        {
            *(ulong*)d = ulong.CreateTruncating(value);
        }
        else
        {
            *(uint*)d = value is Half half ? BitConverter.HalfToUInt16Bits(half) : uint.CreateTruncating(value);
        }
    }
}

internal readonly struct ToBFloat : IScalarUnary<float, uint>
{
    /// <summary>To nearest even; every NaN becomes the one pattern 7fff.</summary>
    public static uint Apply(float x)
    {
        var bits = BitConverter.SingleToUInt32Bits(x);
        return float.IsNaN(x) ? 0x7fff : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    }
}

internal readonly struct FromBFloat : IScalarUnary<uint, float>
{
    public static float Apply(uint x) => BitConverter.UInt32BitsToSingle(x << 16);
}

internal readonly struct ToHalf : IScalarUnary<float, uint>
{
    public static uint Apply(float x) => BitConverter.HalfToUInt16Bits((Half)x);
}

/// <summary>cvt.rna.tf32: 10 bits after the point, halves away from zero.</summary>
internal readonly struct ToTf32 : IScalarUnary<float, uint>
{
    public static uint Apply(float x)
    {
        var bits = BitConverter.SingleToUInt32Bits(x);
        return float.IsFinite(x) ? (bits + 0x1000) & 0xffffe000 : bits & 0xffffe000;
    }
}

/// <summary>.sat: into [0, 1], NaN to 0.</summary>
internal readonly struct ClampToUnit : IScalarUnary<float, float>
{
    public static float Apply(float x) => x > 0 ? Math.Min(x, 1) : 0;
}

/// <summary>cvt.rn.bf16x2 and f16x2: the first source becomes the upper half.</summary>
internal sealed unsafe class ConvertPair<TOp>(int target, int upper, int lower) : Instruction
    where TOp : struct, IScalarUnary<float, uint>
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<uint>(target);
        var x = warp.Register<float>(upper);
        var y = warp.Register<float>(lower);
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            d[lane] = (TOp.Apply(x[lane]) << 16) | TOp.Apply(y[lane]);
        }
    }
}

/// <summary>mov d, {a, b, ...}: the first part is the lowest.</summary>
internal sealed unsafe class Pack(int target, int targetSlot, int[] parts, int partSlot, int partBytes) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var d = warp.Register<byte>(target) + (lane * targetSlot);
            for (var i = 0; i < parts.Length; i++)
            {
                Buffer.MemoryCopy(warp.Register<byte>(parts[i]) + (lane * partSlot), d + (i * partBytes), partBytes, partBytes);
            }
        }
    }
}

/// <summary>mov {a, b, ...}, s.</summary>
internal sealed unsafe class Unpack(int[] parts, int partSlot, int partBytes, int source, int sourceSlot) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var bits = sourceSlot == 8 ? warp.Register<ulong>(source)[lane] : warp.Register<uint>(source)[lane];
            for (var i = 0; i < parts.Length; i++)
            {
                var part = bits >> (8 * partBytes * i);
                *(uint*)(warp.Register<byte>(parts[i]) + (lane * partSlot)) = partBytes == 2 ? (ushort)part : (uint)part;
            }
        }
    }
}
