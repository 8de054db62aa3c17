namespace XlstmSam.OpCases;

/// <summary>Cases of Conv3d.</summary>
public static class Conv3dCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
