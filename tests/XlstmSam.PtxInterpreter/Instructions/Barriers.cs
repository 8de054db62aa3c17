namespace XlstmSam.PtxInterpreter;

internal enum BarrierReduction
{
    None,
    And,
    Or,
    PopCount,
}

/// <summary>bar.sync, barrier.sync, bar.red: the warp waits until the block's threads have arrived.</summary>
/// <param name="id">Register of the barrier's number.</param>
/// <param name="count">Register of the number of threads that take part, or -1 for all.</param>
/// <param name="reduction">What becomes of the predicate of all threads.</param>
/// <param name="target">Register, or predicate for And and Or, that gets it.</param>
/// <param name="predicate">The predicate.</param>
internal sealed unsafe class BlockBarrier(int id, int count, BarrierReduction reduction, int target, PredicateOperand predicate) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        if (mask != warp.Live)
        {
            throw warp.Fault(this, mask, $"The warp is parted at a barrier: lanes {warp.Live:x8} live, only {mask:x8} are here.");
        }

        var number = warp.Register<uint>(id)[System.Numerics.BitOperations.TrailingZeroCount(mask)];
        if (number > 15)
        {
            throw warp.Fault(this, mask, $"There is no barrier {number}; they are 0 to 15.");
        }

        var threads = count < 0 ? 0 : (int)warp.Register<uint>(count)[System.Numerics.BitOperations.TrailingZeroCount(mask)];
        var votes = reduction == BarrierReduction.None ? 0 : predicate.Read(warp) & mask;
        warp.Wait = new(this, (int)number, threads, mask, votes);
        warp.State = WarpState.Waiting;
    }

    /// <summary>Gives a warp that waited the reduction over all that took part.</summary>
    public void Finish(Warp warp, uint mask, int votes, int threads)
    {
        switch (reduction)
        {
            case BarrierReduction.And:
                warp.Predicates[target] = (warp.Predicates[target] & ~mask) | (votes == threads ? mask : 0);
                break;
            case BarrierReduction.Or:
                warp.Predicates[target] = (warp.Predicates[target] & ~mask) | (votes > 0 ? mask : 0);
                break;
            case BarrierReduction.PopCount:
                Lanes.Fill(warp.Register<uint>(target), (uint)votes);
                break;
            default:
                break;
        }
    }
}

/// <summary>A predicate register or its opposite; register -1 is always false.</summary>
internal readonly unsafe record struct PredicateOperand(int Register, bool Negated)
{
    public static PredicateOperand Constant(bool value) => new(-1, value);

    public uint Read(Warp warp)
    {
        var value = Register < 0 ? 0 : warp.Predicates[Register];
        return Negated ? ~value : value;
    }
}

/// <summary>bar.warp.sync: the lanes named by the mask are here; their accesses before it are ordered before those after it.</summary>
internal sealed unsafe class WarpBarrier(int members) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        warp.RequireMembers(this, mask, warp.Register<uint>(members)[System.Numerics.BitOperations.TrailingZeroCount(mask)]);
        warp.Synchronize();
    }
}
