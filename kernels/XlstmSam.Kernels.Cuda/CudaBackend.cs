using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// One NVIDIA card of compute capability 8.0 or more. The kernels are PTX inside this assembly; the driver alone runs them. Calls return before
/// the work is done. Each family adds its own property, beside its class.
/// </summary>
public sealed partial class CudaBackend : IDisposable
{
    private readonly CudaDevice device;
    private readonly CachingAllocator allocator;
    private readonly Launcher launcher;

    /// <param name="device">Disposed with the backend.</param>
    public CudaBackend(CudaDevice device)
    {
        this.device = device;
        allocator = new(device);
        launcher = new(device, allocator);
        Elementwise = new ElementwiseCuda(launcher);
        Attention = new AttentionCuda(launcher);
    }

    public string Name => device.Name;

    public CudaDevice Device => device;

    /// <summary>Device memory that was taken at most, idle memory included.</summary>
    public long PeakBytes => allocator.PeakBytes;

    /// <summary>How often the driver was asked for memory; constant in a steady state.</summary>
    public long DriverAllocations => allocator.DriverAllocations;

    public IElementwise Elementwise { get; }

    public IAttention Attention { get; }

    public long ScratchBytes(IGeometry geometry) => CudaScratch.Rounded(geometry switch
    {
        BinaryGeometry g => ElementwiseCuda.ScratchBytes(g),
        AttentionGeometry g => AttentionCuda.ScratchBytes(g),
        _ => 0,
    });

    public DeviceBuffer Allocate(long bytes) => allocator.Allocate(bytes);

    public void Upload(ReadOnlySpan<float> source, View destination) => Copy(MemoryMarshal.AsBytes(source), CudaBuffer.Address(destination), destination.Length * sizeof(float));

    public void Upload(ReadOnlySpan<byte> source, U8View destination) => Copy(source, CudaBuffer.Address(destination), destination.Length);

    public void Upload(ReadOnlySpan<int> source, I32View destination) => Copy(MemoryMarshal.AsBytes(source), CudaBuffer.Address(destination), destination.Length * sizeof(int));

    public void Download(View source, Span<float> destination)
    {
        if (source.Length > 0)
        {
            device.CopyToHost(CudaBuffer.Address(source), MemoryMarshal.AsBytes(destination)[..checked((int)(source.Length * sizeof(float)))]);
        }
    }

    public void Synchronize() => device.Synchronize();

    public void Dispose()
    {
        launcher.Dispose();
        allocator.Dispose();
        device.Dispose();
    }

    private void Copy(ReadOnlySpan<byte> source, nint destination, long room)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source.Length, room);
        if (source.Length > 0)
        {
            device.CopyToDevice(source, destination);
        }
    }
}
