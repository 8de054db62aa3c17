using System.Numerics;

namespace XlstmSam.PtxInterpreter;

internal readonly struct PopCount<T> : IScalarUnary<T, uint>
    where T : unmanaged, IBinaryInteger<T>
{
    public static uint Apply(T x) => uint.CreateTruncating(T.PopCount(x));
}

internal readonly struct LeadingZeros<T> : IScalarUnary<T, uint>
    where T : unmanaged, IBinaryInteger<T>
{
    public static uint Apply(T x) => uint.CreateTruncating(T.LeadingZeroCount(x));
}

internal readonly struct ReverseBits<T> : IScalarUnary<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static unsafe T Apply(T x)
    {
        var result = T.Zero;
        for (var bit = 0; bit < 8 * sizeof(T); bit++)
        {
            result = (result << 1) | ((x >> bit) & T.One);
        }

        return result;
    }
}

/// <summary>Operations on four 32-bit sources at most, bit by bit.</summary>
internal interface IBitOperation<T>
{
    static abstract T Apply(T a, T b, uint c, uint d);
}

/// <summary>d = TOp(a, b, c, e); an absent source is any register.</summary>
internal sealed unsafe class BitMap<T, TOp>(int target, int a, int b, int c, int e) : Instruction
    where T : unmanaged
    where TOp : struct, IBitOperation<T>
{
    public override void Execute(Warp warp, uint mask)
    {
        var d = warp.Register<T>(target);
        var x = warp.Register<T>(a);
        var y = warp.Register<T>(b);
        var z = warp.Register<uint>(c);
        var w = warp.Register<uint>(e);
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            d[lane] = TOp.Apply(x[lane], y[lane], z[lane], w[lane]);
        }
    }
}

/// <summary>bfe: len bits from pos; beyond the top come zeros, or the field's (or the number's) highest bit if signed.</summary>
internal readonly struct ExtractField<T> : IBitOperation<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static unsafe T Apply(T a, T unused, uint position, uint length)
    {
        var bits = 8 * sizeof(T);
        var (start, count) = ((int)(position & 0xff), (int)(length & 0xff));
        if (count == 0)
        {
            return T.Zero;
        }

        var isSigned = T.IsNegative(T.Zero - T.One);
        var last = Math.Min(start + count - 1, bits - 1);
        var fill = isSigned && ((a >> last) & T.One) == T.One;
        var result = T.Zero;
        for (var i = 0; i < bits; i++)
        {
            var set = i < count && start + i < bits ? ((a >> (start + i)) & T.One) == T.One : fill;
            result |= set ? T.One << i : T.Zero;
        }

        return result;
    }
}

/// <summary>bfi: the lowest len bits of a, put into b at pos.</summary>
internal readonly struct InsertField<T> : IBitOperation<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static unsafe T Apply(T a, T b, uint position, uint length)
    {
        var (start, count) = ((int)(position & 0xff), (int)(length & 0xff));
        for (var i = 0; i < count && start + i < 8 * sizeof(T); i++)
        {
            var bit = T.One << (start + i);
            b = ((a >> i) & T.One) == T.One ? b | bit : b & ~bit;
        }

        return b;
    }
}

/// <summary>prmt without a mode: each nibble of the selector picks one of the 8 bytes of b:a, or with its high bit that byte's sign.</summary>
internal readonly struct Permute : IBitOperation<uint>
{
    public static uint Apply(uint a, uint b, uint selector, uint unused)
    {
        var bytes = ((ulong)b << 32) | a;
        var result = 0u;
        for (var i = 0; i < 4; i++)
        {
            var choice = (int)(selector >> (4 * i)) & 0xf;
            var picked = (uint)(bytes >> (8 * (choice & 7))) & 0xff;
            result |= ((choice & 8) == 0 ? picked : (picked & 0x80) != 0 ? 0xff : 0u) << (8 * i);
        }

        return result;
    }
}

/// <summary>shf: b:a shifted, the upper (left) or lower (right) half of it; wrap takes the count modulo 32, clamp stops at 32.</summary>
internal readonly struct FunnelLeftWrap : IBitOperation<uint>
{
    public static uint Apply(uint a, uint b, uint count, uint unused) => (uint)(((((ulong)b << 32) | a) << (int)(count & 31)) >> 32);
}

internal readonly struct FunnelRightWrap : IBitOperation<uint>
{
    public static uint Apply(uint a, uint b, uint count, uint unused) => (uint)((((ulong)b << 32) | a) >> (int)(count & 31));
}

internal readonly struct FunnelLeftClamp : IBitOperation<uint>
{
    public static uint Apply(uint a, uint b, uint count, uint unused) => (uint)(((((ulong)b << 32) | a) << (int)Math.Min(count, 32)) >> 32);
}

internal readonly struct FunnelRightClamp : IBitOperation<uint>
{
    public static uint Apply(uint a, uint b, uint count, uint unused) => (uint)((((ulong)b << 32) | a) >> (int)Math.Min(count, 32));
}

/// <summary>lop3: the table's bit (a, b, c) for every bit of the three sources.</summary>
internal readonly struct Logic3 : IBitOperation<uint>
{
    public static uint Apply(uint a, uint b, uint c, uint table)
    {
        var result = 0u;
        for (var i = 0; i < 8; i++)
        {
            if (((table >> i) & 1) != 0)
            {
                result |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
            }
        }

        return result;
    }
}
