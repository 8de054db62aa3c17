using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// Device memory that passes use in turn: it grows to what the largest needs and holds nothing from one pass to the next. Training and the
/// validation in between share one.
/// </summary>
public sealed class Slab(IBackend backend) : IDisposable
{
    private DeviceBuffer? memory;

    /// <summary>What the largest pass so far needs.</summary>
    public long Bytes { get; private set; }

    public void Dispose()
    {
        memory?.Dispose();
        memory = null;
    }

    internal DeviceBuffer Reserve(long bytes)
    {
        if (memory is null || memory.Bytes < bytes)
        {
            // The old memory goes first: the two together might not fit.
            backend.Synchronize();
            memory?.Dispose();
            memory = null;
            memory = backend.Allocate(Math.Max(bytes, MemoryPlan.Alignment));
            Bytes = bytes;
        }

        return memory;
    }
}
