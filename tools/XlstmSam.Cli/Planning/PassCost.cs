using XlstmSam.Engine;

namespace XlstmSam.Cli.Planning;

/// <summary>What one pass costs: its memory beside the parameters, and the work per op family.</summary>
internal sealed record PassCost(string Name, long PeakBytes, IReadOnlyList<TallyRow> Rows)
{
    public long Flops => Rows.Sum(row => row.Flops);

    public long Bytes => Rows.Sum(row => row.Bytes);

    public long MultiplyAdds => Flops / 2;
}
