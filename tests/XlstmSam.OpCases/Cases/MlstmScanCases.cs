namespace XlstmSam.OpCases;

/// <summary>Cases of MlstmScan.</summary>
public static class MlstmScanCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
