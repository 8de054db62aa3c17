namespace XlstmSam.OpCases;

/// <summary>Cases of Attention.</summary>
public static class AttentionCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
