namespace XlstmSam.OpCases;

/// <summary>Cases of Movement.</summary>
public static class MovementCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
