namespace XlstmSam.Imaging;

/// <summary>Which axis the three numbers of an npz <c>spacing</c> belong to. The arrays themselves are always (z, y, x).</summary>
public enum SpacingOrder
{
    /// <summary>Index-aligned with the array: spacing[0] is that of z. The official evaluator reads it so.</summary>
    Array,

    /// <summary>As SimpleITK's GetSpacing gives it: spacing[0] is that of x.</summary>
    Xyz,
}
