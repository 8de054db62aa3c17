namespace XlstmSam.PtxInterpreter;

/// <summary>What an execution can reveal without stopping.</summary>
public enum FindingKind
{
    /// <summary>Two threads touch the same bytes of shared memory, at least one writes, and no barrier lies between.</summary>
    SharedRace,

    /// <summary>Two threads of one launch touch the same bytes of global memory, at least one with a plain store, unordered.</summary>
    GlobalRace,

    /// <summary>Shared memory is read that no thread of the block has written.</summary>
    UninitializedRead,

    /// <summary>Shared memory is touched while a cp.async into it is in flight.</summary>
    AsyncInFlight,

    /// <summary>A thread ends with a cp.async that it never waited for.</summary>
    AsyncNeverAwaited,

    /// <summary>Warps of one block pass the same barrier at different instructions.</summary>
    BarrierDivergence,
}

/// <summary>One defect: the first occurrence in words, and how often the instruction showed it.</summary>
public sealed record Finding(FindingKind Kind, string Message, long Count)
{
    public override string ToString() => $"{Kind} ({Count} times): {Message}";
}

/// <summary>What a launch did.</summary>
/// <param name="Instructions">Executed instructions times the lanes that executed them.</param>
/// <param name="Findings">Defects in the order of the text; empty for a sound kernel.</param>
public sealed record LaunchReport(long Instructions, IReadOnlyList<Finding> Findings);
