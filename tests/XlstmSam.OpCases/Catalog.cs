namespace XlstmSam.OpCases;

/// <summary>Every case there is. Tests, benchmarks and <c>verify</c> enumerate it.</summary>
public static class Catalog
{
    public static IReadOnlyList<CaseFamily> Families { get; } =
    [
        new("Elementwise", ElementwiseCases.All),
        new("InstanceNorm", InstanceNormCases.All),
        new("LayerNorm", LayerNormCases.All),
        new("CausalConv1d", CausalConv1dCases.All),
        new("HeadwiseLinear", HeadwiseLinearCases.All),
        new("MatMul", MatMulCases.All),
        new("Linear", LinearCases.All),
        new("Conv3d", Conv3dCases.All),
        new("ConvTranspose3d", ConvTranspose3dCases.All),
        new("ConvNormAct", ConvNormActCases.All),
        new("MlstmScan", MlstmScanCases.All),
        new("Attention", AttentionCases.All),
        new("DiceCe", DiceCeCases.All),
        new("AdamW", AdamWCases.All),
        new("Movement", MovementCases.All),
        new("Reduction", ReductionCases.All),
        new("Resample3d", Resample3dCases.All),
        new("ClickSimulation", ClickSimulationCases.All),
        new("PointEncoding", PointEncodingCases.All),
        new("MaskOverlap", MaskOverlapCases.All),
    ];

    public static IReadOnlyList<OpCase> All { get; } = [.. Families.SelectMany(family => family.Cases)];
}
