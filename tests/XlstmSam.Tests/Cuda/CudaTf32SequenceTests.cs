using XlstmSam.Engine;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Cuda;

/// <summary>
/// Attention and the mLSTM scan on tensor cores. Their products follow each other, so rounding of operands reaches everything: the bounds are those of
/// float arithmetic with operands of 11 bits in place of 24.
/// </summary>
public sealed class CudaTf32SequenceTests(CudaTf32Tests.Interpreted interpreted) : IClassFixture<CudaTf32Tests.Interpreted>
{
    private static readonly string[] Families = ["Attention", "MlstmScan"];

    public static IEnumerable<TheoryDataRow<string>> Cases =>
        from family in Catalog.Families
        where Families.Contains(family.Stem)
        from op in family.Cases
        select new TheoryDataRow<string>(op.Name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void IsAsExactAsItsOperands(string name)
    {
        var result = CaseRunner.Run(interpreted.Backend, new RoundedCase(Catalog.All.Single(op => op.Name == name)));
        Assert.True(result.Passed, result.Message);
    }

    private sealed class RoundedCase(OpCase op) : OpCase
    {
        public override string Name => op.Name;

        // 13 bits fewer, hence 2^13 times the error of float arithmetic on the same input.
        public override double ErrorFactor => op.ErrorFactor * Math.ScaleB(1, 13);

        // Gradients are products of products: eight roundings of half a unit of the last of 11 bits.
        public override double GradientTolerance => Math.ScaleB(8, -11);

        // What float computes without error, such as the weight of a single key times its value, must then have none here either.
        public override IReadOnlyList<Sample> Inputs { get; } = [.. op.Inputs.Select(sample => sample with { Values = [.. sample.Values.Select(Rounded)] })];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => op.Apply(tape, inputs);

        public override T[] Reference<T>(T[][] inputs) => op.Reference(inputs);

        private static float Rounded(float x) => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) + 0x1000) & 0xffffe000);
    }
}
