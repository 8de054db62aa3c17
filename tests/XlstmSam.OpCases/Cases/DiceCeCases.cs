namespace XlstmSam.OpCases;

/// <summary>Cases of DiceCe.</summary>
public static class DiceCeCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
