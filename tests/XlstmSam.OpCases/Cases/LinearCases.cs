namespace XlstmSam.OpCases;

/// <summary>Cases of Linear.</summary>
public static class LinearCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
