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

    /// <summary>The lowest and highest address of the lanes of the mask, and how they lie.</summary>
    public static (ulong Low, ulong High, Pattern Pattern) Survey(ulong* addresses, uint mask, int bytes)
    {
        var first = addresses[0];
        if (mask == Lanes.All && addresses[1] - first is var step && (step == 0 || step == (ulong)bytes))
        {
            var expected = Vector256.Create(first) + (Vector256.Create(0ul, 1, 2, 3) * step);
            var stride = Vector256.Create(4 * step);
            var differs = Vector256<ulong>.Zero;
            for (var lane = 0; lane < Lanes.Count; lane += 4)
            {
                differs |= Vector256.Load(addresses + lane) ^ expected;
                expected += stride;
            }

            if (differs == Vector256<ulong>.Zero)
            {
                return (first, first + (31 * step), step == 0 ? Pattern.Uniform : Pattern.Contiguous);
            }
        }

        var (low, high) = (ulong.MaxValue, 0ul);
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var address = addresses[BitOperations.TrailingZeroCount(rest)];
            (low, high) = (Math.Min(low, address), Math.Max(high, address));
        }

        return (low, high, Pattern.Scattered);
    }
}
