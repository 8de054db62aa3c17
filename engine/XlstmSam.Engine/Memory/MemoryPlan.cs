namespace XlstmSam.Engine;

/// <summary>One rent of a pass: how many bytes, and the ticks of the first and last use.</summary>
public readonly record struct Lifetime(long Bytes, int First, int Last);

/// <summary>Where every rent of a pass lies. Two rents share bytes only if no tick needs both.</summary>
public sealed class MemoryPlan
{
    /// <summary>Every rent starts on a boundary of this many bytes, so that vector loads never straddle a cache line.</summary>
    public const long Alignment = 64;

    private readonly long[] offsets;

    private MemoryPlan(Lifetime[] lifetimes, long[] offsets, long peak)
    {
        Lifetimes = lifetimes;
        this.offsets = offsets;
        PeakBytes = peak;
    }

    /// <summary>The bytes the pass needs.</summary>
    public long PeakBytes { get; }

    public IReadOnlyList<Lifetime> Lifetimes { get; }

    public long OffsetOf(int rent) => offsets[rent];

    /// <summary>Greedy best fit: the largest rent first, each into the smallest gap between those alive at the same time.</summary>
    public static MemoryPlan Pack(IReadOnlyList<Lifetime> lifetimes)
    {
        var rents = lifetimes.ToArray();
        var order = Enumerable.Range(0, rents.Length).OrderByDescending(r => rents[r].Bytes).ThenBy(r => r).ToArray();
        var offsets = new long[rents.Length];
        var placed = new List<int>(rents.Length); // by offset
        var peak = 0L;
        foreach (var rent in order)
        {
            offsets[rent] = BestGap(rents, offsets, placed, rents[rent]);
            var at = placed.Count;
            while (at > 0 && offsets[placed[at - 1]] > offsets[rent])
            {
                at--;
            }

            placed.Insert(at, rent);
            peak = Math.Max(peak, offsets[rent] + Align(rents[rent].Bytes));
        }

        return new(rents, offsets, peak);
    }

    private static long BestGap(Lifetime[] rents, long[] offsets, List<int> placed, Lifetime wanted)
    {
        var need = Align(wanted.Bytes);
        var (best, bestSize, free) = (-1L, long.MaxValue, 0L);
        foreach (var other in placed)
        {
            if (rents[other].Last < wanted.First || rents[other].First > wanted.Last)
            {
                continue;
            }

            var gap = offsets[other] - free;
            if (gap >= need && gap < bestSize)
            {
                (best, bestSize) = (free, gap);
            }

            free = Math.Max(free, offsets[other] + Align(rents[other].Bytes));
        }

        return best >= 0 ? best : free;
    }

    private static long Align(long bytes) => (Math.Max(bytes, 1) + Alignment - 1) / Alignment * Alignment;
}
