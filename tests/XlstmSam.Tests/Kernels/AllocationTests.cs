using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;
using XlstmSam.OpCases;
using XlstmSam.Tests.Cuda;

namespace XlstmSam.Tests.Kernels;

/// <summary>A kernel call allocates nothing on the managed heap once its scratch memory is there and its code is compiled.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests(AllocationTests.Backends backends) : IClassFixture<AllocationTests.Backends>
{
    public static TheoryData<string> Names => OpCaseTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void AKernelCallAllocatesNothing(string name) => Check(backends.Cpu, name);

    /// <summary>On the driver that runs nothing: what is checked is the way there.</summary>
    [Thorough]
    [Theory]
    [MemberData(nameof(Names))]
    public void ALaunchAllocatesNothing(string name) => Check(backends.Cuda, name);

    private static void Check(IBackend backend, string name)
    {
        var allocations = new List<string>();
        using var probe = new AllocationProbe(backend, allocations.Add);
        CaseRunner.FreeRun(probe, Catalog.All.Single(op => op.Name == name));
        Assert.True(allocations.Count == 0, string.Join("\n", allocations));
    }

    /// <summary>Other tests allocate too, so none runs meanwhile.</summary>
    [CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
    public sealed class Alone;

    public sealed class Backends : IDisposable
    {
        private FakeDriver? driver;
        private CudaBackend? cuda;

        public CpuBackend Cpu { get; } = new(threads: 2);

        /// <summary>Skips the calling test where there is no C compiler.</summary>
        public IBackend Cuda => cuda ??= new((driver = new()).Open());

        public void Dispose()
        {
            Cpu.Dispose();
            cuda?.Dispose();
            driver?.Dispose();
        }
    }
}
