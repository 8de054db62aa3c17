namespace XlstmSam.OpCases;

/// <summary>Cases of InstanceNorm.</summary>
public static class InstanceNormCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
