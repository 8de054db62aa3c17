using System.Numerics;

namespace XlstmSam.PtxInterpreter;

internal enum ShuffleMode
{
    Up,
    Down,
    Butterfly,
    Index,
}

/// <summary>
/// shfl.sync: each lane takes another's value; a source outside its segment gives the lane its own value and a false predicate.
/// A source lane that has returned, or that the member mask leaves out, is a fault: hardware gives anything.
/// </summary>
internal sealed unsafe class Shuffle(
    ShuffleMode mode, int target, int predicate, int source, int offset, int clampAndSegment, int members) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        warp.RequireMembers(this, mask, warp.Register<uint>(members)[BitOperations.TrailingZeroCount(mask)]);
        var d = warp.Register<uint>(target);
        var b = warp.Register<uint>(offset);
        var c = warp.Register<uint>(clampAndSegment);
        var values = new ReadOnlySpan<uint>(warp.Register<uint>(source), Lanes.Count);
        Span<uint> before = stackalloc uint[Lanes.Count];
        values.CopyTo(before);
        var inRange = 0u;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var (from, isInside) = Source(lane, (int)(b[lane] & 31), (int)c[lane]);
            if ((mask >> from & 1) == 0)
            {
                throw warp.Fault(this, 1u << lane, $"Lane {lane} takes the value of lane {from}, which is not here.");
            }

            inRange |= isInside ? 1u << lane : 0;
            d[lane] = before[from];
        }

        if (predicate >= 0)
        {
            warp.Predicates[predicate] = (warp.Predicates[predicate] & ~mask) | inRange;
        }

        warp.Synchronize();
    }

    private (int Lane, bool IsInside) Source(int lane, int offset, int control)
    {
        var (clamp, segment) = (control & 31, (control >> 8) & 31);
        var lowest = lane & segment;
        var limit = lowest | (clamp & ~segment);
        var (from, isInside) = mode switch
        {
            ShuffleMode.Up => (lane - offset, lane - offset >= limit),
            ShuffleMode.Down => (lane + offset, lane + offset <= limit),
            ShuffleMode.Butterfly => (lane ^ offset, (lane ^ offset) <= limit),
            _ => (lowest | (offset & ~segment), (lowest | (offset & ~segment)) <= limit),
        };
        return isInside ? (from, true) : (lane, false);
    }
}

internal enum VoteMode
{
    All,
    Any,
    Uniform,
    Ballot,
}

/// <summary>vote.sync: the predicate of the members, summed up.</summary>
internal sealed unsafe class Vote(VoteMode mode, int target, PredicateOperand predicate, int members) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        warp.RequireMembers(this, mask, warp.Register<uint>(members)[BitOperations.TrailingZeroCount(mask)]);
        var votes = predicate.Read(warp) & mask;
        if (mode == VoteMode.Ballot)
        {
            for (var rest = mask; rest != 0; rest &= rest - 1)
            {
                warp.Register<uint>(target)[BitOperations.TrailingZeroCount(rest)] = votes;
            }
        }
        else
        {
            var holds = mode == VoteMode.Any ? votes != 0 : votes == mask || (mode == VoteMode.Uniform && votes == 0);
            warp.Predicates[target] = (warp.Predicates[target] & ~mask) | (holds ? mask : 0);
        }

        warp.Synchronize();
    }
}

/// <summary>activemask: the lanes on this path.</summary>
internal sealed unsafe class ActiveMask(int target) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            warp.Register<uint>(target)[BitOperations.TrailingZeroCount(rest)] = mask;
        }
    }
}
