using System.Numerics;
using System.Runtime.Intrinsics;

namespace XlstmSam.PtxInterpreter;

/// <summary>How the addresses of a warp lie to each other.</summary>
internal enum Pattern
{
    Scattered,

    /// <summary>All lanes active, each directly behind the one before.</summary>
    Contiguous,

    /// <summary>All lanes active at one address.</summary>
    Uniform,
}

internal enum StateSpace
{
    Generic,
    Global,
    Shared,
    Local,
    Param,
}

/// <summary>base register + offset of one memory operand.</summary>
/// <param name="Register">Offset of the register, or -1 for an absolute address.</param>
/// <param name="Slot">4 or 8 bytes per lane.</param>
/// <param name="Offset">Bytes added.</param>
internal readonly unsafe record struct AddressOperand(int Register, int Slot, long Offset)
{
    /// <summary>Writes the addresses of all 32 lanes.</summary>
    public void Read(Warp warp, ulong* addresses)
    {
        var offset = Vector256.Create((ulong)Offset);
        if (Register < 0)
        {
            Lanes.Fill(addresses, (ulong)Offset);
        }
        else if (Slot == 8)
        {
            var source = warp.Register<ulong>(Register);
            for (var lane = 0; lane < Lanes.Count; lane += 4)
            {
                (Vector256.Load(source + lane) + offset).Store(addresses + lane);
            }
        }
        else
        {
            var source = warp.Register<uint>(Register);
            for (var lane = 0; lane < Lanes.Count; lane += 8)
            {
                var (lower, upper) = Vector256.Widen(Vector256.Load(source + lane));
                (lower + offset).Store(addresses + lane);
                (upper + offset).Store(addresses + lane + 4);
            }
        }
    }

    /// <summary>The lowest and highest address of the lanes of the mask, all their bits together, and how they lie.</summary>
    public static (ulong Low, ulong High, ulong Bits, Pattern Pattern) Survey(ulong* addresses, uint mask, int bytes)
    {
        if (mask != Lanes.All)
        {
            FillInactive(addresses, mask);
        }

        var step = mask == Lanes.All ? addresses[1] - addresses[0] : 0;
        var expected = Vector256.Create(addresses[0]) + (Vector256.Create(0ul, 1, 2, 3) * step);
        var stride = Vector256.Create(4 * step);
        var differs = Vector256<ulong>.Zero;
        var low = Vector256.Load(addresses);
        var (high, bits) = (low, low);
        for (var lane = 0; lane < Lanes.Count; lane += 4)
        {
            var value = Vector256.Load(addresses + lane);
            differs |= value ^ expected;
            expected += stride;
            low = Vector256.Min(low, value);
            high = Vector256.Max(high, value);
            bits |= value;
        }

        var isRegular = mask == Lanes.All && differs == Vector256<ulong>.Zero;
        var pattern = isRegular && step == 0 ? Pattern.Uniform : isRegular && step == (ulong)bytes ? Pattern.Contiguous : Pattern.Scattered;
        return (Math.Min(Math.Min(low[0], low[1]), Math.Min(low[2], low[3])), Math.Max(Math.Max(high[0], high[1]), Math.Max(high[2], high[3])),
            bits[0] | bits[1] | bits[2] | bits[3], pattern);
    }

    // Lanes that do not take part get the address of one that does, so that they change neither bounds nor alignment.
    private static void FillInactive(ulong* addresses, uint mask)
    {
        var first = addresses[BitOperations.TrailingZeroCount(mask)];
        for (var rest = ~mask; rest != 0; rest &= rest - 1)
        {
            addresses[BitOperations.TrailingZeroCount(rest)] = first;
        }
    }
}
