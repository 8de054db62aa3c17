using XlstmSam.Kernels.Cpu;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Kernels;

/// <summary>The catalogue on the processor: parity with the definition, and the same bits on any number of threads.</summary>
public sealed class OpCaseTests(OpCaseTests.Backends backends) : IClassFixture<OpCaseTests.Backends>
{
    public static TheoryData<string> Names => new(Catalog.All.Select(op => op.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void AgreesWithItsDefinition(string name)
    {
        var result = CaseRunner.Run(backends.Two, Case(name));
        Assert.True(result.Passed, result.Message);
    }

    [Thorough]
    [Theory]
    [MemberData(nameof(Names))]
    public void GivesTheSameBitsOnAnyNumberOfThreads(string name)
    {
        var one = CaseRunner.FreeRun(backends.One, Case(name));
        Assert.Null(one.DifferenceFrom(CaseRunner.FreeRun(backends.Two, Case(name))));
        Assert.Null(one.DifferenceFrom(CaseRunner.FreeRun(backends.Three, Case(name))));
    }

    public static TheoryData<string, ConvMethod> Convolutions => new(
        from op in Catalog.All
        where op.Name.StartsWith("Conv3d", StringComparison.Ordinal) || op.Name.StartsWith("ConvNormAct", StringComparison.Ordinal)
        from method in new[] { ConvMethod.Direct, ConvMethod.Winograd, ConvMethod.Strict }
        select (op.Name, method));

    [Thorough]
    [Theory]
    [MemberData(nameof(Convolutions))]
    public void EveryMethodOfConvolutionAgrees(string name, ConvMethod method)
    {
        using var backend = new CpuBackend(threads: 2, method);
        var result = CaseRunner.Run(backend, Case(name));
        Assert.True(result.Passed, result.Message);
        using var alone = new CpuBackend(threads: 1, method);
        Assert.Null(CaseRunner.FreeRun(alone, Case(name)).DifferenceFrom(CaseRunner.FreeRun(backend, Case(name))));
    }

    [Fact]
    public void NamesAreUnique() => Assert.Equal(Catalog.All.Count, Catalog.All.Select(op => op.Name).Distinct().Count());

    private static OpCase Case(string name) => Catalog.All.Single(op => op.Name == name);

    /// <summary>One backend per number of threads, shared by all cases.</summary>
    public sealed class Backends : IDisposable
    {
        public CpuBackend One { get; } = new(threads: 1);

        public CpuBackend Two { get; } = new(threads: 2);

        public CpuBackend Three { get; } = new(threads: 3);

        public void Dispose()
        {
            One.Dispose();
            Two.Dispose();
            Three.Dispose();
        }
    }
}
