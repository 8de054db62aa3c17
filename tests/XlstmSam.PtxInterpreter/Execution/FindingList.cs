namespace XlstmSam.PtxInterpreter;

/// <summary>Collects findings of one worker, one entry per kind and instruction.</summary>
internal sealed class FindingList
{
    private readonly Dictionary<(FindingKind Kind, int Line), (int Block, string Message, long Count)> entries = [];

    public void Add(FindingKind kind, Instruction? instruction, int block, Func<string> message)
    {
        var key = (kind, instruction?.Line ?? int.MaxValue);
        entries[key] = entries.TryGetValue(key, out var entry) ? entry with { Count = entry.Count + 1 } : (block, message(), 1);
    }

    /// <summary>The entries of all workers: of each kind and instruction the message of the lowest block.</summary>
    public static IReadOnlyList<Finding> Merge(IEnumerable<FindingList> lists) =>
    [
        .. lists.SelectMany(list => list.entries)
            .GroupBy(entry => entry.Key)
            .OrderBy(group => (group.Key.Line, group.Key.Kind))
            .Select(group => new Finding(group.Key.Kind, group.MinBy(entry => entry.Value.Block).Value.Message, group.Sum(entry => entry.Value.Count))),
    ];
}
