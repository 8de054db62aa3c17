using XlstmSam.Kernels;

namespace XlstmSam.Runtime;

/// <summary>What one pass costs: its memory beside the parameters, and the work per op family and per module.</summary>
public sealed record PassCost(string Name, long PeakBytes, long ScratchBytes, IReadOnlyList<TallyRow> Rows, IReadOnlyDictionary<string, long> ModuleFlops)
{
    public static PassCost Of(string name, long peakBytes, CountingBackend tally) => new(
        name, peakBytes, tally.LargestScratchBytes, tally.Rows, tally.Log.Where(call => call.Scope is not null).GroupBy(call => call.Scope!).ToDictionary(calls => calls.Key, calls => calls.Sum(call => call.Flops)));

    public long Flops => Rows.Sum(row => row.Flops);

    public long Bytes => Rows.Sum(row => row.Bytes);

    public long MultiplyAdds => Flops / 2;
}
