namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// One card as the backend sees it: memory and launches, all in one order. Addresses are device addresses. What a call names it has taken when it
/// returns, except that work may still be running: only <see cref="CopyToHost"/> and <see cref="Synchronize"/> wait.
/// </summary>
public abstract class CudaDevice : IDisposable
{
    /// <summary>The name the user types: <c>cuda:0</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The card's own name.</summary>
    public abstract string Model { get; }

    /// <summary>The compute capability, times ten: 80 for an A100, 90 for an H100.</summary>
    public abstract int Capability { get; }

    public abstract int Multiprocessors { get; }

    public abstract long TotalBytes { get; }

    public abstract long FreeBytes { get; }

    /// <summary>Memory at a multiple of 256 bytes; 0 if there is not so much.</summary>
    public abstract nint Allocate(long bytes);

    /// <summary>Waits until nothing uses it.</summary>
    public abstract void Free(nint address);

    public abstract void CopyToDevice(ReadOnlySpan<byte> source, nint destination);

    public abstract void CopyToHost(nint source, Span<byte> destination);

    /// <summary>Makes a kernel ready to launch and returns its handle.</summary>
    public abstract nint Load(KernelEntry kernel, string ptx);

    /// <param name="kernel">A handle from <see cref="Load"/>.</param>
    /// <param name="parameters">The parameter memory as <see cref="KernelEntry.Parameters"/> lays it out.</param>
    public abstract void Launch(nint kernel, Dim3 grid, Dim3 block, int dynamicSharedBytes, ReadOnlySpan<byte> parameters);

    /// <summary>Keeps the launches of this thread instead of running them. Meanwhile nothing but launches of loaded kernels is allowed.</summary>
    /// <returns>Null where there is no memory to keep them in.</returns>
    public abstract DeviceGraph? Capture(Action launches);

    public abstract void Synchronize();

    public abstract void Dispose();
}
