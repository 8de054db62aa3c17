using XlstmSam.Kernels.Cuda;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Cuda;

/// <summary>
/// The catalogue on the very PTX that ships, in the interpreter. <c>XSAM_CASES</c> limits it to a family, or to the cases whose name contains it.
/// </summary>
[Thorough]
public sealed class CudaInterpretedTests(CudaInterpretedTests.Interpreted interpreted) : IClassFixture<CudaInterpretedTests.Interpreted>
{
    public static IEnumerable<TheoryDataRow<string>> Cases =>
        from family in Catalog.Families
        from op in family.Cases
        where Environment.GetEnvironmentVariable("XSAM_CASES") is not { } wanted || wanted == family.Stem || op.Name.Contains(wanted, StringComparison.Ordinal)
        select new TheoryDataRow<string>(op.Name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithItsDefinition(string name)
    {
        var result = CaseRunner.Run(interpreted.Backend, Catalog.All.Single(op => op.Name == name));
        Assert.True(result.Passed, result.Message);
    }

    /// <summary>One backend for all cases: its memory is reused, with whatever earlier cases left in it.</summary>
    public sealed class Interpreted : IDisposable
    {
        internal CudaBackend Backend { get; } = new(new InterpretedDevice());

        public void Dispose() => Backend.Dispose();
    }
}
