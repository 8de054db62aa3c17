using System.Numerics;

namespace XlstmSam.PtxInterpreter;

/// <summary>cp.async: 4, 8 or 16 bytes from global to shared memory; with a source size, the bytes behind it become zero.</summary>
/// <param name="target">The shared address.</param>
/// <param name="source">The global address.</param>
/// <param name="bytes">Bytes written.</param>
/// <param name="sourceBytes">Register of the number of bytes read, or -1.</param>
internal sealed unsafe class AsyncCopy(AddressOperand target, AddressOperand source, int bytes, int sourceBytes) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        var targets = stackalloc ulong[Lanes.Count];
        var sources = stackalloc ulong[Lanes.Count];
        target.Read(warp, targets);
        source.Read(warp, sources);
        _ = MemoryAccess.Open(warp, this, StateSpace.Shared, targets, mask, bytes);
        warp.Block.SharedHistory.Write(warp, this, targets, mask, bytes, inFlight: true);

        // A copy of nothing may have any source address.
        var whole = 0u;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var present = Present(warp, lane);
            if (present == bytes)
            {
                whole |= 1u << lane;
                continue;
            }

            NotePart(warp, lane, sources[lane], present);
            warp.Async.Issue(this, lane, (byte*)sources[lane], present, targets[lane], bytes);
        }

        if (whole == 0)
        {
            return;
        }

        var access = MemoryAccess.Open(warp, this, StateSpace.Global, sources, whole, bytes);
        access.NoteRead(warp, this);
        for (var rest = whole; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            warp.Async.Issue(this, lane, access.At(lane), bytes, targets[lane], bytes);
        }
    }

    private void NotePart(Warp warp, int lane, ulong start, int present)
    {
        var addresses = stackalloc ulong[Lanes.Count];
        for (var i = 0; i < present; i++)
        {
            addresses[lane] = start + (ulong)i;
            MemoryAccess.Open(warp, this, StateSpace.Global, addresses, 1u << lane, 1).NoteRead(warp, this);
        }
    }

    private int Present(Warp warp, int lane)
    {
        var present = sourceBytes < 0 ? (uint)bytes : warp.Register<uint>(sourceBytes)[lane];
        return present <= bytes ? (int)present : throw warp.Fault(this, 1u << lane, $"The source size {present} exceeds the copy's {bytes} bytes.");
    }
}

/// <summary>cp.async.commit_group.</summary>
internal sealed class AsyncCommit : Instruction
{
    public override void Execute(Warp warp, uint mask) => warp.Async.Commit(mask);
}

/// <summary>cp.async.wait_group n, cp.async.wait_all.</summary>
internal sealed class AsyncWait(int? pending) : Instruction
{
    public override void Execute(Warp warp, uint mask) => warp.Async.Wait(mask, pending);
}
