namespace XlstmSam.Kernels;

/// <summary>The book that the counting kernels write into.</summary>
internal sealed class TallyLedger
{
    private readonly List<TallyEntry> entries = [];

    public string? Scope { get; set; }

    public long LargestScratchBytes { get; private set; }

    public IReadOnlyList<TallyEntry> Entries => entries;

    public void Add(string family, TallyPass pass, long flops, long bytes) => entries.Add(new(Scope, family, pass, flops, bytes));

    /// <summary>Notes that a call needs so much memory beside its operands.</summary>
    public void Need(long scratchBytes) => LargestScratchBytes = Math.Max(LargestScratchBytes, scratchBytes);

    public IReadOnlyList<TallyRow> Rows() =>
    [
        .. entries
            .GroupBy(e => (e.Family, e.Pass))
            .Select(g => new TallyRow(g.Key.Family, g.Key.Pass, g.LongCount(), g.Sum(e => e.Flops), g.Sum(e => e.Bytes)))
            .OrderByDescending(row => row.Flops)
            .ThenByDescending(row => row.Bytes)
            .ThenBy(row => row.Family, StringComparer.Ordinal)
            .ThenBy(row => row.Pass),
    ];
}
