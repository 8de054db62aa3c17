namespace XlstmSam.OpCases;

/// <summary>Cases of Reduction.</summary>
public static class ReductionCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
