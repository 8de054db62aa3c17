using System.Runtime.CompilerServices;

namespace XlstmSam.PtxInterpreter;

/// <summary>
/// Who touched a piece of memory and when, in 64 bits: stamp (10) | scope (2) | block (16) | epoch (14) | warp epoch (12) | thread (10).
/// The stamp names a launch, or the run of a block; records with another stamp are void. The epoch counts the barriers of the block, the warp
/// epoch the collectives of the warp. Both wrap: a race across exactly a full turn is reported falsely, which no kernel here comes near.
/// </summary>
internal static class AccessRecord
{
    public const int StampShift = 54;
    public const int Stamps = 1 << 10;
    private const ulong ThreadMask = (1ul << 10) - 1;
    private const ulong WarpMask = ThreadMask & ~31ul;
    private const ulong WarpEpochMask = ((1ul << 12) - 1) << 10;
    private const ulong EpochMask = ((1ul << 14) - 1) << 22;
    private const ulong BlockMask = ((1ul << 16) - 1) << 36;
    private const int ScopeShift = 52;

    /// <summary>In a write: the bytes are still on their way.</summary>
    public const ulong InFlight = 1ul << ScopeShift;

    /// <summary>In a read: several lanes of one warp; several warps; several blocks.</summary>
    private const ulong ManyLanes = 1ul << ScopeShift;
    private const ulong ManyWarps = 2ul << ScopeShift;
    private const ulong ManyBlocks = 3ul << ScopeShift;
    private const ulong ScopeMask = 3ul << ScopeShift;

    public static ulong Of(int block, int epoch, int warpEpoch, int thread) =>
        (((ulong)block << 36) & BlockMask) | (((ulong)epoch << 22) & EpochMask) | (((ulong)warpEpoch << 10) & WarpEpochMask) | (uint)thread;

    /// <summary>Whether an earlier write is plainly no matter for an access: before the last barrier of the block, or the thread's own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSettled(ulong write, ulong mine)
    {
        var difference = write ^ mine;
        return difference == 0 || ((difference & (BlockMask | ScopeMask)) == 0 && (difference & EpochMask) != 0);
    }

    /// <summary>Adds a read to the record of reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRead(ref ulong reads, ulong mine)
    {
        var difference = reads ^ mine;
        if (difference >> StampShift != 0)
        {
            reads = mine;
        }
        else if (difference != 0 && (reads & ScopeMask) is var scope && scope != ManyBlocks
            && (scope != ManyWarps || (difference & (BlockMask | EpochMask)) != 0))
        {
            reads = Add(reads, mine);
        }
    }

    public static bool IsVoid(ulong record, ulong mine) => (record ^ mine) >> StampShift != 0;

    public static bool IsInFlight(ulong write) => (write & ScopeMask) == InFlight;

    public static int Thread(ulong record) => (int)(record & ThreadMask);

    public static int Block(ulong record) => (int)((record & BlockMask) >> 36);

    /// <summary>Whether an access is unordered to an earlier write by one thread.</summary>
    public static bool ConflictsWithWrite(ulong write, ulong mine)
    {
        var difference = write ^ mine;
        return (difference & ThreadMask) != 0 ? IsUnordered(difference) : (difference & BlockMask) != 0;
    }

    /// <summary>Whether a write is unordered to the reads that the record sums up.</summary>
    public static bool ConflictsWithReads(ulong reads, ulong mine)
    {
        var difference = reads ^ mine;
        return (reads & ScopeMask) switch
        {
            0 => ConflictsWithWrite(reads, mine),
            ManyLanes => IsUnordered(difference),
            ManyWarps => (difference & (BlockMask | EpochMask)) == 0 || (difference & BlockMask) != 0,
            _ => true,
        };
    }

    // The record of reads of this stamp, not yet of many blocks, and mine.
    private static ulong Add(ulong reads, ulong mine)
    {
        var difference = reads ^ mine;
        var scope = reads & ScopeMask;
        if ((difference & BlockMask) != 0)
        {
            return mine | ManyBlocks;
        }

        if ((difference & EpochMask) != 0)
        {
            return mine;
        }

        if (scope == ManyWarps || (difference & WarpMask) != 0)
        {
            return mine | ManyWarps;
        }

        return (difference & WarpEpochMask) != 0 || (scope == 0 && difference == 0) ? mine : mine | ManyLanes;
    }

    // Different threads: of different blocks always; of different warps within an epoch; of one warp between two collectives.
    private static bool IsUnordered(ulong difference) =>
        (difference & BlockMask) != 0
        || ((difference & EpochMask) == 0 && ((difference & WarpMask) != 0 || (difference & WarpEpochMask) == 0));
}
