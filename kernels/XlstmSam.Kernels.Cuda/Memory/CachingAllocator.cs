namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Device memory by size: what was given back serves the next request of exactly that size, so that a steady state takes nothing from the
/// driver, whose allocations wait for the card. A size that is not there means that shapes have changed: large idle memory is then freed first, and
/// when the card is full, everything idle.
/// </summary>
internal sealed class CachingAllocator(CudaDevice device, CudaCapture capture) : IDisposable
{
    private const long LargeBytes = 1 << 20;
    private readonly Dictionary<long, Stack<nint>> idle = [];

    /// <summary>Learns which buffers launches name.</summary>
    public CudaCapture Capture => capture;

    /// <summary>Bytes taken from the driver, in use and idle.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>The most that was ever held.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>How often the driver was asked; constant in a steady state.</summary>
    public long DriverAllocations { get; private set; }

    /// <exception cref="DeviceException">The card has not so much memory.</exception>
    public CudaBuffer Allocate(long bytes)
    {
        capture.Interrupt();
        var size = Math.Max(bytes, 1);
        if (idle.TryGetValue(size, out var free) && free.TryPop(out var known))
        {
            return new(this, known, size);
        }

        FreeIdle(LargeBytes);
        var address = device.Allocate(size);
        if (address == 0 && HasIdle)
        {
            FreeIdle(0);
            address = device.Allocate(size);
        }

        if (address == 0)
        {
            throw new DeviceException($"'{device.Name}' has {GiB(device.FreeBytes)} free of {GiB(device.TotalBytes)}, and {GiB(size)} more are needed beside " +
                $"{GiB(HeldBytes)} in use. Try --recompute all, a smaller --size or --batch, or see what is needed with xsam-engine plan.");
        }

        DriverAllocations++;
        HeldBytes += size;
        PeakBytes = Math.Max(PeakBytes, HeldBytes);
        return new(this, address, size);
    }

    /// <summary>Gives a buffer back to the driver, where another of its size is not to be expected.</summary>
    public void Free(CudaBuffer buffer)
    {
        capture.Interrupt();
        device.Free(buffer.Take());
        HeldBytes -= buffer.Bytes;
    }

    public void Dispose() => FreeIdle(0);

    internal void Return(nint address, long bytes)
    {
        if (!idle.TryGetValue(bytes, out var free))
        {
            idle[bytes] = free = new();
        }

        free.Push(address);
    }

    private bool HasIdle => idle.Values.Any(free => free.Count > 0);

    /// <summary>Gives the driver what is idle in blocks of at least so many bytes.</summary>
    private void FreeIdle(long atLeast)
    {
        foreach (var (size, free) in idle)
        {
            while (size >= atLeast && free.TryPop(out var address))
            {
                device.Free(address);
                HeldBytes -= size;
            }
        }
    }

    private static string GiB(long bytes) => FormattableString.Invariant($"{bytes / (double)(1L << 30):0.##} GiB");
}
