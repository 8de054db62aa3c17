namespace XlstmSam.OpCases;

/// <summary>Every case there is. Tests, benchmarks and <c>verify</c> enumerate it.</summary>
public static class Catalog
{
    private const int Float32Bits = 24;
    private const int BFloat16Bits = 8;

    public static IReadOnlyList<CaseFamily> Families { get; } =
    [
        ElementwiseCases.Family,
        InstanceNormCases.Family,
        LayerNormCases.Family,
        CausalConv1dCases.Family,
        HeadwiseLinearCases.Family,
        MatMulCases.Family,
        LinearCases.Family,
        Conv3dCases.Family,
        ConvTranspose3dCases.Family,
        ConvNormActCases.Family,
        MlstmScanCases.Family,
        AttentionCases.Family,
        DiceCeCases.Family,
        AdamWCases.Family,
        MovementCases.Family,
        ReductionCases.Family,
        Resample3dCases.Family,
        ClickSimulationCases.Family,
        PointEncodingCases.Family,
        MaskOverlapCases.Family,
    ];

    public static IReadOnlyList<OpCase> All { get; } = [.. Families.SelectMany(family => family.Cases)];

    /// <summary>
    /// The families as a device meets them that rounds the operands of products: those that multiply have inputs and bounds for it, and those of
    /// convolutions come once more for a device that stores volumes in bfloat16.
    /// </summary>
    /// <param name="operandBits">Significant bits: 24 for float32, 11 for tf32, 8 for bfloat16.</param>
    public static IReadOnlyList<CaseFamily> Rounded(int operandBits) => operandBits >= Float32Bits ? Families : [.. Families.Select(family => Rounded(family, operandBits))];

    private static CaseFamily Rounded(CaseFamily family, int operandBits) => family.Arithmetic == Arithmetic.Float32 ? family : family with
    {
        Cases =
        [
            .. family.Cases.Select(op => new RoundedCase(op, operandBits, isChain: family.Arithmetic == Arithmetic.Chain)),
            .. operandBits == BFloat16Bits && family.Stored is { } stored ? family.Cases.Select(stored) : [],
        ],
    };
}
