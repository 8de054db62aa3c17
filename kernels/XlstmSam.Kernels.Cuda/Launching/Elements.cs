namespace XlstmSam.Kernels.Cuda;

/// <summary>Kernels that take volumes of either type have an instance for each.</summary>
internal static class Elements
{
    /// <summary>The kernels' name of the type.</summary>
    public static string Name(ElementType type) => type == ElementType.BFloat16 ? "BFloatElement" : "FloatElement";
}
