using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XlstmSam.PtxInterpreter;

/// <summary>
/// The last write and the reads of every 4 bytes that a worker has touched in the present launch (or block, for shared memory), and what
/// contradicts them. A page that sees a narrower access keeps its records by the byte.
/// </summary>
internal sealed unsafe class AccessHistory(bool isShared)
{
    private const int PageBits = 12;
    private const ulong PageMask = (1ul << PageBits) - 1;
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

    internal sealed class Page
    {
        private Entry[] entries = GC.AllocateArray<Entry>(1 << (PageBits - 2), pinned: true);

        public Page(ulong number)
        {
            Number = number;
            Start = Pin(entries);
        }

        public ulong Number { get; }

        /// <summary>Bytes of a record, as a power of two: 2, or 0 once a narrower access came.</summary>
        public int Grain { get; private set; } = 2;

        /// <summary>The first of Count records.</summary>
        public Entry* Start { get; private set; }

        public int Count => entries.Length;

        public void Refine()
        {
            var fine = GC.AllocateArray<Entry>(1 << PageBits, pinned: true);
            for (var i = 0; i < fine.Length; i++)
            {
                fine[i] = entries[i >> 2];
            }

            entries = fine;
            Start = Pin(fine);
            Grain = 0;
        }

        private static Entry* Pin(Entry[] pinned) => (Entry*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
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
        Page? page = null;
        var (previous, repeated) = (ulong.MaxValue, false);
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            // Of neighbours that read the same, two are as good as all.
            var lane = BitOperations.TrailingZeroCount(rest);
            var address = addresses[lane];
            if (address == previous && repeated)
            {
                continue;
            }

            (repeated, previous) = (address == previous, address);
            var mine = identity + (uint)lane;
            page = Find(page, address, bytes);
            var entry = page.Start + ((int)(address & PageMask) >> page.Grain);
            for (var end = entry + (bytes >> page.Grain); entry < end; entry++)
            {
                if (AccessRecord.IsVoid(entry->Write, mine))
                {
                    if (isShared)
                    {
                        AccessReport.Uninitialized(warp, instruction, lane, address);
                    }
                }
                else if (!AccessRecord.IsSettled(entry->Write, mine))
                {
                    CheckWrite(warp, instruction, lane, address, entry->Write, mine, "reads");
                }

                AccessRecord.AddRead(ref entry->Reads, mine);
            }
        }
    }

    /// <summary>Notes that the lanes of the mask write; inFlight marks a copy that has not arrived.</summary>
    public void Write(Warp warp, Instruction instruction, ulong* addresses, uint mask, int bytes, bool inFlight = false)
    {
        var identity = Stamp | warp.Identity;
        Page? page = null;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var address = addresses[lane];
            var mine = identity + (uint)lane;
            page = Find(page, address, bytes);
            var entry = page.Start + ((int)(address & PageMask) >> page.Grain);
            for (var end = entry + (bytes >> page.Grain); entry < end; entry++)
            {
                if (!AccessRecord.IsVoid(entry->Write, mine) && !AccessRecord.IsSettled(entry->Write, mine))
                {
                    CheckWrite(warp, instruction, lane, address, entry->Write, mine, "writes");
                }

                if (!AccessRecord.IsVoid(entry->Reads, mine) && !AccessRecord.IsSettled(entry->Reads, mine))
                {
                    CheckReads(warp, instruction, lane, address, entry->Reads, mine);
                }

                entry->Write = inFlight ? mine | AccessRecord.InFlight : mine;
            }
        }
    }

    /// <summary>The bytes of a lane's asynchronous copy have arrived.</summary>
    public void Arrive(Warp warp, int lane, ulong address, int bytes)
    {
        var page = Find(null, address, bytes);
        var first = (int)(address & PageMask) >> page.Grain;
        for (var i = 0; i < bytes >> page.Grain; i++)
        {
            page.Start[first + i].Write = Stamp | (warp.Identity + (uint)lane);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckWrite(Warp warp, Instruction instruction, int lane, ulong address, ulong write, ulong mine, string does)
    {
        if (AccessRecord.IsInFlight(write) || AccessRecord.ConflictsWithWrite(write, mine))
        {
            AccessReport.Conflict(warp, instruction, lane, address, isShared, write, does, "wrote");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckReads(Warp warp, Instruction instruction, int lane, ulong address, ulong reads, ulong mine)
    {
        if (AccessRecord.ConflictsWithReads(reads, mine))
        {
            AccessReport.Conflict(warp, instruction, lane, address, isShared, reads, "writes", "read");
        }
    }

    // The page of the address, mostly that of the address before, with records fine enough for the access.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Page Find(Page? recent, ulong address, int bytes)
    {
        var number = address >> PageBits;
        return recent is not null && recent.Number == number ? recent : Fetch(number, bytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Page Fetch(ulong number, int bytes)
    {
        ref var page = ref cache[number % CacheSize];
        if (page is null || page.Number != number)
        {
            if (!pages.TryGetValue(number, out var found))
            {
                pages[number] = found = new(number);
            }

            page = found;
        }

        if (bytes < 4 && page.Grain != 0)
        {
            page.Refine();
        }

        return page;
    }
}
