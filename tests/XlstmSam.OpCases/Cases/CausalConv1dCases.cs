namespace XlstmSam.OpCases;

/// <summary>Cases of CausalConv1d.</summary>
public static class CausalConv1dCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
