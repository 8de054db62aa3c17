namespace XlstmSam.OpCases;

/// <summary>Every case there is. Tests, benchmarks and <c>verify</c> enumerate it.</summary>
public static class Catalog
{
    private const int Float32Bits = 24;
    private const int BFloat16Bits = 8;
    private static readonly string[] Products = ["MatMul", "Linear", "Conv3d", "ConvTranspose3d", "ConvNormAct"];
    private static readonly string[] Chains = ["Attention", "MlstmScan"];

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

    /// <summary>
    /// The families as a device meets them that rounds the operands of products: those that multiply have inputs and bounds for it, and those of
    /// convolutions come once more for a device that stores volumes in bfloat16.
    /// </summary>
    /// <param name="operandBits">Significant bits: 24 for float32, 11 for tf32, 8 for bfloat16.</param>
    public static IReadOnlyList<CaseFamily> Rounded(int operandBits) => operandBits >= Float32Bits ? Families : [.. Families.Select(family => Rounded(family, operandBits))];

    private static CaseFamily Rounded(CaseFamily family, int operandBits)
    {
        var isChain = Chains.Contains(family.Stem);
        return isChain || Products.Contains(family.Stem)
            ? family with { Cases = [.. family.Cases.Select(op => new RoundedCase(op, operandBits, isChain)), .. operandBits == BFloat16Bits ? Stored(family) : []] }
            : family;
    }

    // Of a convolution y alone is rounded on the way there, dy and dx on the way back. Before a norm z is too, up to twice as large as what the norm
    // makes of it; on the way back dy, z again, dz and dx, in products of each other.
    private static IEnumerable<OpCase> Stored(CaseFamily family) => family.Stem switch
    {
        "Conv3d" => family.Cases.Select(op => new VolumeCase(op, roundings: 1, gradientRoundings: 3)),
        "ConvNormAct" => family.Cases.Select(op => new VolumeCase(op, roundings: 3, gradientRoundings: 8, beta: 3)),
        _ => [],
    };
}
