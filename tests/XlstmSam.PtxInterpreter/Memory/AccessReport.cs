using System.Runtime.CompilerServices;

namespace XlstmSam.PtxInterpreter;

/// <summary>Puts what the access history found into words.</summary>
internal static class AccessReport
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Uninitialized(Warp warp, Instruction instruction, int lane, ulong address) =>
        warp.Block.Findings.Add(FindingKind.UninitializedRead, instruction, warp.Block.LinearIndex, () =>
            $"Reads shared address {address}, which no thread of the block has written. {warp.Where(instruction, lane)}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Conflict(Warp warp, Instruction instruction, int lane, ulong address, bool isShared, ulong other, string does, string did)
    {
        var block = warp.Block;
        var isInFlight = did == "wrote" && AccessRecord.IsInFlight(other);
        var kind = isInFlight ? FindingKind.AsyncInFlight : isShared ? FindingKind.SharedRace : FindingKind.GlobalRace;
        block.Findings.Add(kind, instruction, block.LinearIndex, () =>
        {
            var place = isShared ? $"shared address {address}" : block.Launch.Memory.Describe(address);
            var thread = block.Thread(AccessRecord.Thread(other));
            return isInFlight
                ? $"A thread {does} {place} while the cp.async of thread {thread} into it is in flight: a cp.async.wait_group is missing. " +
                    $"{warp.Where(instruction, lane)}"
                : $"A thread {does} {place}, which thread {thread} of block {AccessRecord.Block(other)} {did} with no barrier between. " +
                    $"{warp.Where(instruction, lane)}";
        });
    }

    /// <summary>Adds what two workers, which never run the same block, did to the same memory.</summary>
    public static void Compare(AccessHistory left, AccessHistory right, LaunchContext launch, FindingList findings)
    {
        var others = right.Pages.ToDictionary(page => page.Number);
        foreach (var page in left.Pages)
        {
            if (others.TryGetValue(page.Number, out var other))
            {
                Compare(page, left.Stamp, other, right.Stamp, launch, findings);
            }
        }
    }

    private static unsafe void Compare(
        AccessHistory.Page left, ulong leftStamp, AccessHistory.Page right, ulong rightStamp, LaunchContext launch, FindingList findings)
    {
        var grain = Math.Min(left.Grain, right.Grain);
        var count = Math.Max(left.Count, right.Count);
        for (var i = 0; i < count; i++)
        {
            var a = left.Start[i << grain >> left.Grain];
            var b = right.Start[i << grain >> right.Grain];
            var (aWrites, aReads) = (!AccessRecord.IsVoid(a.Write, leftStamp), !AccessRecord.IsVoid(a.Reads, leftStamp));
            var (bWrites, bReads) = (!AccessRecord.IsVoid(b.Write, rightStamp), !AccessRecord.IsVoid(b.Reads, rightStamp));
            if ((aWrites && (bWrites || bReads)) || (bWrites && aReads))
            {
                var address = (left.Number << 12) + (ulong)(i << grain);
                var (first, second) = (AccessRecord.Block(aWrites ? a.Write : a.Reads), AccessRecord.Block(bWrites ? b.Write : b.Reads));
                findings.Add(FindingKind.GlobalRace, null, Math.Min(first, second), () =>
                    $"Blocks {launch.Grid.At(first)} and {launch.Grid.At(second)} of {launch.Program.Name} touch {launch.Memory.Describe(address)}, at " +
                    "least one with a store.");
            }
        }
    }
}
