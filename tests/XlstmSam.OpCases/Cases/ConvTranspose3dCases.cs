namespace XlstmSam.OpCases;

/// <summary>Cases of ConvTranspose3d.</summary>
public static class ConvTranspose3dCases
{
    public static IReadOnlyList<OpCase> All { get; } = [];
}
