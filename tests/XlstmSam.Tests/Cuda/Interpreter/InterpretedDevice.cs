using System.Runtime.InteropServices;
using XlstmSam.Kernels.Cuda;
using XlstmSam.PtxInterpreter;
using Dim3 = XlstmSam.Kernels.Cuda.Dim3;
using Extent = XlstmSam.PtxInterpreter.Dim3;

namespace XlstmSam.Tests.Cuda;

/// <summary>A card that is no card: host memory, and the embedded PTX in the interpreter. Whatever that finds wrong fails the launch.</summary>
/// <param name="rewrite">Gives the text that stands in for a kernel's own; null for none.</param>
internal sealed unsafe class InterpretedDevice(Func<KernelEntry, string, string>? rewrite = null) : CudaDevice
{
    private const nuint Alignment = 256;
    private readonly GlobalMemory memory = new();
    private readonly List<(KernelEntry Entry, PtxKernel Kernel)> kernels = [];
    private List<Action>? captured;

    public override string Name => "cuda-interpreted";

    public override string Model => "interpreter";

    public override int Capability => 80;

    // Small, so that loops over the grid go round more than once.
    public override int Multiprocessors => 2;

    public override long TotalBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public override long FreeBytes => TotalBytes;

    public override nint Allocate(long bytes)
    {
        Direct();
        var address = (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        memory.Map(address, bytes);
        return address;
    }

    public override void Free(nint address)
    {
        Direct();
        memory.Unmap(address);
        NativeMemory.AlignedFree((void*)address);
    }

    public override void CopyToDevice(ReadOnlySpan<byte> source, nint destination)
    {
        Direct();
        source.CopyTo(new((void*)destination, source.Length));
    }

    public override void CopyToHost(nint source, Span<byte> destination)
    {
        Direct();
        new ReadOnlySpan<byte>((void*)source, destination.Length).CopyTo(destination);
    }

    /// <returns>The number of the kernel, from 1.</returns>
    public override nint Load(KernelEntry kernel, string ptx)
    {
        Direct();
        kernels.Add((kernel, PtxModule.Parse(rewrite?.Invoke(kernel, ptx) ?? ptx)[kernel.Entry]));
        return kernels.Count;
    }

    public override void Launch(nint kernel, Dim3 grid, Dim3 block, int dynamicSharedBytes, ReadOnlySpan<byte> parameters)
    {
        if (captured is not null)
        {
            var own = parameters.ToArray();
            captured.Add(() => Launch(kernel, grid, block, dynamicSharedBytes, own));
            return;
        }

        var (entry, program) = kernels[(int)kernel - 1];
        try
        {
            var report = program.Launch(new Extent(grid.X, grid.Y, grid.Z), new Extent(block.X, block.Y, block.Z), dynamicSharedBytes, parameters, memory);
            Assert.True(report.Findings.Count == 0, $"{entry.Name}, grid {grid}: {string.Join("; ", report.Findings)}");
        }
        catch (PtxFault fault)
        {
            throw new InvalidOperationException($"{entry.Name}, grid {grid}: {fault.Message}", fault);
        }
    }

    public override DeviceGraph Capture(Action launches)
    {
        Direct();
        List<Action> own = captured = [];
        try
        {
            launches();
        }
        finally
        {
            captured = null;
        }

        return new Graph(own);
    }

    public override void Synchronize() => Direct();

    public override void Dispose()
    {
    }

    /// <summary>Fails where a driver that is capturing would.</summary>
    private void Direct() => Assert.True(captured is null, "Only launches can be captured.");

    private sealed class Graph(List<Action> launches) : DeviceGraph
    {
        public override void Launch() => launches.ForEach(launch => launch());

        public override void Dispose() => launches.Clear();
    }
}
