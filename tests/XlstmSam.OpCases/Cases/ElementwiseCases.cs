namespace XlstmSam.OpCases;

/// <summary>Cases of Elementwise.</summary>
public static class ElementwiseCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
