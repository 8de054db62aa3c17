namespace XlstmSam.Kernels;

/// <summary>Memory owned by one backend. Opaque to everyone else.</summary>
public abstract class DeviceBuffer(long bytes) : IDisposable
{
    /// <summary>Its length in bytes.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Gives the memory back; views of it must not be used afterwards.</summary>
    public abstract void Dispose();
}
