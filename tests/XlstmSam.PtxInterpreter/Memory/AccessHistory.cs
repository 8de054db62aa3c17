using System.Numerics;
using System.Runtime.CompilerServices;

namespace XlstmSam.PtxInterpreter;

/// <summary>
/// The last write and the reads of every 4 bytes that a worker has touched in the present launch (or block, for shared memory), and what
/// contradicts them. A page that sees a narrower access keeps its records by the byte.
/// </summary>
internal sealed unsafe class AccessHistory(bool isShared)
{
    private const int PageBits = 12;
    private const int CacheSize = 64;

    private readonly Dictionary<ulong, Page> pages = [];
    private readonly Page?[] cache = new Page?[CacheSize];
    private ulong stamp;

    /// <summary>A piece of memory: the last write, and the reads.</summary>
    internal struct Entry
    {
        public ulong Write;
        public ulong Reads;
    }

    internal sealed class Page(ulong number)
    {
        public ulong Number => number;

        /// <summary>Bytes of a record, as a power of two: 2, or 0 once a narrower access came.</summary>
        public int Grain { get; private set; } = 2;

        public Entry[] Entries { get; private set; } = new Entry[1 << (PageBits - 2)];

        public void Refine()
        {
            var fine = new Entry[1 << PageBits];
            for (var i = 0; i < fine.Length; i++)
            {
                fine[i] = Entries[i >> 2];
            }

            (Entries, Grain) = (fine, 0);
        }
    }

    public IEnumerable<Page> Pages => pages.Values;

    public ulong Stamp => stamp << AccessRecord.StampShift;

    /// <summary>Makes all records void.</summary>
    public void Begin()
    {
        if (++stamp == AccessRecord.Stamps)
        {
            stamp = 1;
            pages.Clear();
            Array.Clear(cache);
        }
    }

    /// <summary>Notes that the lanes of the mask read; the address of each is a multiple of bytes.</summary>
    public void Read(Warp warp, Instruction instruction, ulong* addresses, uint mask, int bytes)
    {
        var identity = Stamp | warp.Identity;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var mine = identity + (uint)lane;
            foreach (ref var entry in Touch(addresses[lane], bytes))
            {
                if (AccessRecord.IsVoid(entry.Write, mine))
                {
                    if (isShared)
                    {
                        AccessReport.Uninitialized(warp, instruction, lane, addresses[lane]);
                    }
                }
                else if (AccessRecord.IsInFlight(entry.Write) || AccessRecord.ConflictsWithWrite(entry.Write, mine))
                {
                    AccessReport.Conflict(warp, instruction, lane, addresses[lane], isShared, entry.Write, "reads", "wrote");
                }

                if (entry.Reads != mine)
                {
                    entry.Reads = AccessRecord.Add(entry.Reads, mine);
                }
            }
        }
    }

    /// <summary>Notes that the lanes of the mask write; inFlight marks a copy that has not arrived.</summary>
    public void Write(Warp warp, Instruction instruction, ulong* addresses, uint mask, int bytes, bool inFlight = false)
    {
        var identity = Stamp | warp.Identity;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var mine = identity + (uint)lane;
            foreach (ref var entry in Touch(addresses[lane], bytes))
            {
                if (!AccessRecord.IsVoid(entry.Write, mine) && (AccessRecord.IsInFlight(entry.Write) || AccessRecord.ConflictsWithWrite(entry.Write, mine)))
                {
                    AccessReport.Conflict(warp, instruction, lane, addresses[lane], isShared, entry.Write, "writes", "wrote");
                }
                else if (!AccessRecord.IsVoid(entry.Reads, mine) && AccessRecord.ConflictsWithReads(entry.Reads, mine))
                {
                    AccessReport.Conflict(warp, instruction, lane, addresses[lane], isShared, entry.Reads, "writes", "read");
                }

                entry.Write = inFlight ? mine | AccessRecord.InFlight : mine;
            }
        }
    }

    /// <summary>The bytes of a lane's asynchronous copy have arrived.</summary>
    public void Arrive(Warp warp, int lane, ulong address, int bytes)
    {
        foreach (ref var entry in Touch(address, bytes))
        {
            entry.Write = Stamp | (warp.Identity + (uint)lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<Entry> Touch(ulong address, int bytes)
    {
        var page = Find(address >> PageBits);
        if (bytes < 4 && page.Grain == 2)
        {
            page.Refine();
        }

        var offset = (int)(address & ((1 << PageBits) - 1));
        return page.Entries.AsSpan(offset >> page.Grain, bytes >> page.Grain);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Page Find(ulong number)
    {
        var page = cache[number % CacheSize];
        return page is not null && page.Number == number ? page : Fetch(number);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Page Fetch(ulong number)
    {
        if (!pages.TryGetValue(number, out var page))
        {
            pages[number] = page = new(number);
        }

        return cache[number % CacheSize] = page;
    }
}
