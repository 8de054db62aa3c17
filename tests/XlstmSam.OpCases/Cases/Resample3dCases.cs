namespace XlstmSam.OpCases;

/// <summary>Cases of Resample3d.</summary>
public static class Resample3dCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
