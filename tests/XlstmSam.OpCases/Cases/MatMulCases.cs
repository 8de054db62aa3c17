namespace XlstmSam.OpCases;

/// <summary>Cases of MatMul.</summary>
public static class MatMulCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
