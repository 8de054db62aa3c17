namespace XlstmSam.OpCases;

/// <summary>Cases of HeadwiseLinear.</summary>
public static class HeadwiseLinearCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
