using XlstmSam.Kernels.Cpu;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Kernels;

/// <summary>A kernel call allocates nothing on the managed heap once its scratch memory is there and its code is compiled.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests(AllocationTests.Backend backend) : IClassFixture<AllocationTests.Backend>
{
    public static TheoryData<string> Names => OpCaseTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void AKernelCallAllocatesNothing(string name)
    {
        var allocations = new List<string>();
        using var probe = new AllocationProbe(backend.Two, allocations.Add);
        CaseRunner.FreeRun(probe, Catalog.All.Single(op => op.Name == name));
        Assert.True(allocations.Count == 0, string.Join("\n", allocations));
    }

    /// <summary>Other tests allocate too, so none runs meanwhile.</summary>
    [CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
    public sealed class Alone;

    public sealed class Backend : IDisposable
    {
        public CpuBackend Two { get; } = new(threads: 2);

        public void Dispose() => Two.Dispose();
    }
}
