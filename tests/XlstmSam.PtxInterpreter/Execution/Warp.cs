using System.Numerics;
using System.Runtime.CompilerServices;

namespace XlstmSam.PtxInterpreter;

internal enum WarpState
{
    Running,
    Waiting,
    Done,
}

/// <summary>
/// 32 threads that execute together. Where a branch parts them, one side waits until the other has come to the block that all paths share
/// (the immediate post-dominator), as the compiler for real hardware arranges it.
/// </summary>
internal sealed unsafe class Warp
{
    // Far more than any kernel's longest loop: reached only by a loop that does not end.
    private const long LoopLimit = 200_000_000;

    private readonly Stack<Path> waiting = new();
    private readonly Instruction[] code;
    private readonly byte* registers;
    private int join;
    private long backwardJumps;

    public Warp(ThreadBlock block, int index, byte* registers, uint* predicates, byte* local)
    {
        (Block, Index, code) = (block, index, block.Program.Code);
        this.registers = registers;
        Predicates = predicates;
        Local = local;
        Async = new(this);
    }

    private readonly record struct Path(int Pc, uint Mask, int Join);

    public ThreadBlock Block { get; }

    public int Index { get; }

    /// <summary>A bit per lane in each.</summary>
    public uint* Predicates { get; }

    /// <summary>The local memory of lane 0; the other lanes' follow.</summary>
    public byte* Local { get; }

    public AsyncCopies Async { get; }

    public WarpState State { get; set; }

    /// <summary>Lanes that have not returned.</summary>
    public uint Live { get; private set; }

    /// <summary>Lanes on the current path.</summary>
    public uint Active { get; private set; }

    public int Pc { get; set; }

    public long Executed { get; private set; }

    /// <summary>How the access history names lane 0 of this warp at this moment.</summary>
    public ulong Identity { get; private set; }

    public int SyncEpoch { get; private set; }

    public BarrierWait? Wait { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Register<T>(int offset)
        where T : unmanaged
        => (T*)(registers + offset);

    public void Start(uint live)
    {
        (Live, Active, Pc, join, backwardJumps, SyncEpoch, State) = (live, live, 0, -1, 0, 0, WarpState.Running);
        waiting.Clear();
        Async.Clear();
        Renew();
    }

    /// <summary>Runs until the warp waits at a barrier or all its lanes have returned.</summary>
    public void Run()
    {
        var executed = 0L;
        while (State == WarpState.Running)
        {
            var instruction = code[Pc++];
            var mask = Active;
            if (instruction.Guard >= 0)
            {
                var allowed = Predicates[instruction.Guard];
                mask &= instruction.GuardNegated ? ~allowed : allowed;
            }

            if (mask != 0)
            {
                executed += BitOperations.PopCount(mask);
                instruction.Execute(this, mask);
            }
        }

        Executed += executed;
    }

    /// <summary>Sends the lanes of the mask to target; where others stay behind, both paths meet again at meeting.</summary>
    public void Branch(Instruction instruction, uint mask, int target, int meeting)
    {
        if (target < Pc && ++backwardJumps > LoopLimit)
        {
            throw Fault(instruction, mask, $"{LoopLimit:N0} jumps back: the loop does not end.");
        }

        var others = Active & ~mask;
        if (others == 0)
        {
            Pc = target;
            return;
        }

        if (join != meeting)
        {
            waiting.Push(new(meeting, Active, join));
        }

        waiting.Push(new(Pc, others, meeting));
        (Pc, Active, join) = (target, mask, meeting);
    }

    /// <summary>The current path has come to the block at position where it meets the others.</summary>
    public void Meet(int position)
    {
        if (join == position)
        {
            Resume();
        }
    }

    /// <summary>The lanes of the mask have returned.</summary>
    public void Exit(uint mask)
    {
        Live &= ~mask;
        Active &= ~mask;
        if (Active == 0)
        {
            Resume();
        }
    }

    /// <summary>What the lanes did before and do after is ordered: a barrier, or a collective of the whole warp.</summary>
    public void Synchronize()
    {
        SyncEpoch++;
        Renew();
    }

    public void Renew() => Identity = AccessRecord.Of(Block.LinearIndex, Block.Epoch, SyncEpoch, Index * Lanes.Count);

    /// <summary>Throws unless every live lane is here: hardware leaves the result of a collective of a parted warp undefined.</summary>
    public void RequireConverged(Instruction instruction, uint mask)
    {
        if (mask != Live)
        {
            throw Fault(instruction, mask, $"The warp is parted: lanes {Live:x8} live, only {mask:x8} are here; a collective needs them all.");
        }
    }

    /// <summary>Throws unless the lanes here are those that a collective's member mask names; lanes that returned do not count.</summary>
    public void RequireMembers(Instruction instruction, uint mask, uint members)
    {
        if ((members & Live) != mask)
        {
            throw Fault(instruction, mask, $"The collective names lanes {members & Live:x8}, but lanes {mask:x8} are here.");
        }
    }

    public PtxFault Fault(Instruction instruction, uint mask, string message) => new($"{message} {Where(instruction, BitOperations.TrailingZeroCount(mask))}");

    public string Where(Instruction instruction, int lane) =>
        $"At {instruction} of {Block.Program.Name}, block {Block.Position}, thread {Block.Thread((Index * Lanes.Count) + lane)}.";

    private void Resume()
    {
        while (waiting.TryPop(out var path))
        {
            (Pc, Active, join) = (path.Pc, path.Mask & Live, path.Join);
            if (Active != 0)
            {
                return;
            }
        }

        State = WarpState.Done;
        Async.Finish();
    }
}
