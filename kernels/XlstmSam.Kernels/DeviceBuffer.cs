namespace XlstmSam.Kernels;

/// <summary>Memory owned by one backend. Opaque to everyone else.</summary>
public abstract class DeviceBuffer(long bytes) : IDisposable
{
    public long Bytes { get; } = bytes;

    public abstract void Dispose();
}
