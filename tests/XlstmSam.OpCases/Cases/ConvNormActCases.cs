namespace XlstmSam.OpCases;

/// <summary>Cases of ConvNormAct.</summary>
public static class ConvNormActCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
