namespace XlstmSam.OpCases;

/// <summary>Cases of AdamW.</summary>
public static class AdamWCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
