using BenchmarkDotNet.Attributes;
using XlstmSam.Benchmarks.Works;
using XlstmSam.Kernels.Cpu;

namespace XlstmSam.Benchmarks;

/// <summary>Every kernel call of the catalog on all threads.</summary>
public class KernelBenchmarks
{
    private CpuBackend? backend;
    private PreparedWork? prepared;

    [ParamsSource(nameof(Works))]
    public KernelWork Work { get; set; } = WorkCatalog.All[0];

    public static IEnumerable<KernelWork> Works => WorkCatalog.All;

    [GlobalSetup]
    public void Setup()
    {
        backend = new();
        prepared = Work.Prepare(backend);
    }

    [Benchmark]
    public void Run() => prepared!.Run();

    [GlobalCleanup]
    public void Cleanup()
    {
        prepared?.Dispose();
        backend?.Dispose();
    }
}
