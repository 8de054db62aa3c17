using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>The book that the counting kernels write into.</summary>
internal sealed class TallyLedger(IBackend real)
{
    private readonly List<TallyEntry> entries = [];

    public string? Scope { get; set; }

    public long LargestScratchBytes { get; private set; }

    public IReadOnlyList<TallyEntry> Entries => entries;

    public void Add(string family, TallyPass pass, long flops, long bytes) => entries.Add(new(Scope, family, pass, flops, bytes));

    /// <summary>A call that costs what its geometry says.</summary>
    public void Add(string family, TallyPass pass, IGeometry geometry) => Add(family, pass, geometry, geometry.Flops, geometry.Bytes);

    /// <summary>A call that costs otherwise.</summary>
    public void Add(string family, TallyPass pass, IGeometry geometry, long flops, long bytes)
    {
        LargestScratchBytes = Math.Max(LargestScratchBytes, real.ScratchBytes(geometry));
        Add(family, pass, flops, bytes);
    }

    /// <summary>A fused backward: each wanted kind of gradient costs what forward costs.</summary>
    public void AddBackward(string family, IGeometry geometry, bool data, bool weight)
    {
        if (data)
        {
            Add(family, TallyPass.BackwardData, geometry);
        }

        if (weight)
        {
            Add(family, TallyPass.BackwardWeight, geometry);
        }
    }

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
