namespace XlstmSam.OpCases;

/// <summary>Cases of LayerNorm.</summary>
public static class LayerNormCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
