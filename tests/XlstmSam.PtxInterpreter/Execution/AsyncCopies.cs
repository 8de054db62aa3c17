namespace XlstmSam.PtxInterpreter;

/// <summary>
/// The cp.async of one warp that have not arrived. Shared memory keeps its old bytes until the thread that issued the copy waits for it;
/// hardware may be faster, a kernel must not count on it.
/// </summary>
internal sealed unsafe class AsyncCopies(Warp warp)
{
    private readonly int[] committed = new int[Lanes.Count];
    private readonly List<Copy> copies = [];

    private struct Copy
    {
        public Instruction Instruction;
        public ulong Address;
        public int Lane;
        public int Group;
        public int Bytes;
        public fixed byte Data[16];
    }

    public void Clear()
    {
        copies.Clear();
        Array.Clear(committed);
    }

    /// <summary>Notes the bytes of one lane's copy; present of them are read from source, the others are zero.</summary>
    public void Issue(Instruction instruction, int lane, byte* source, int present, ulong address, int bytes)
    {
        var copy = new Copy { Instruction = instruction, Address = address, Lane = lane, Group = committed[lane], Bytes = bytes };
        Buffer.MemoryCopy(source, copy.Data, 16, present);
        copies.Add(copy);
    }

    public void Commit(uint mask)
    {
        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            committed[lane] += (int)(mask >> lane & 1);
        }
    }

    /// <summary>All groups of the lanes of the mask arrive but the pending youngest; uncommitted copies arrive only when pending is null.</summary>
    public void Wait(uint mask, int? pending)
    {
        var kept = 0;
        for (var i = 0; i < copies.Count; i++)
        {
            var copy = copies[i];
            var waitsForIt = (mask >> copy.Lane & 1) != 0 && (pending is null || copy.Group < committed[copy.Lane] - pending);
            if (waitsForIt)
            {
                Buffer.MemoryCopy(copy.Data, warp.Block.Shared + copy.Address, copy.Bytes, copy.Bytes);
                warp.Block.SharedHistory.Arrive(warp, copy.Lane, copy.Address, copy.Bytes);
            }
            else
            {
                copies[kept++] = copy;
            }
        }

        copies.RemoveRange(kept, copies.Count - kept);
    }

    /// <summary>The warp has ended: what is still on its way was never waited for.</summary>
    public void Finish()
    {
        foreach (var copy in copies)
        {
            warp.Block.Findings.Add(FindingKind.AsyncNeverAwaited, copy.Instruction, warp.Block.LinearIndex, () =>
                $"The thread ends without waiting for a cp.async to shared address {copy.Address}. {warp.Where(copy.Instruction, copy.Lane)}");
        }
    }
}
