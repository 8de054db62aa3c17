namespace XlstmSam.Kernels.Cuda;

/// <summary>Measures what the card spends between two points of its stream.</summary>
public sealed unsafe class CudaStopwatch : IDisposable
{
    private readonly DriverDevice device;
    private readonly nint start;
    private readonly nint stop;

    public CudaStopwatch(DriverDevice device)
    {
        this.device = device;
        device.Enter();
        (start, stop) = (Event(), Event());
    }

    public void Start() => Mark(start);

    /// <summary>Waits for the card. The time since <see cref="Start"/>, to half a microsecond.</summary>
    public TimeSpan Stop()
    {
        Mark(stop);
        float milliseconds;
        device.Api.Check(device.Api.EventSynchronize(stop));
        device.Api.Check(device.Api.EventElapsedTime(&milliseconds, start, stop));
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    public void Dispose()
    {
        device.Enter();
        device.Api.Check(device.Api.EventDestroy(start));
        device.Api.Check(device.Api.EventDestroy(stop));
    }

    private void Mark(nint mark)
    {
        device.Enter();
        device.Api.Check(device.Api.EventRecord(mark, device.Stream));
    }

    private nint Event()
    {
        nint handle;
        device.Api.Check(device.Api.EventCreate(&handle, 0));
        return handle;
    }
}
