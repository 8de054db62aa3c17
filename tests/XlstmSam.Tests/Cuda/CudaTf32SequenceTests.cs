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
        var result = CaseRunner.Run(interpreted.Backend, new RoundedCase(Catalog.All.Single(op => op.Name == name), bits: 11, isChain: true));
        Assert.True(result.Passed, result.Message);
    }
}
