using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// Device memory that passes use in turn: it grows to what the largest needs and holds nothing from one pass to the next. Training and the
/// validation in between share one.
/// </summary>
public sealed class Slab(IBackend backend) : IDisposable
{
    private DeviceBuffer? memory;

    /// <summary>What the largest pass so far needs, or was reserved.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes at once what a plan says that passes and kernels need, so that a run does not find out later that it is not there.</summary>
    public void Reserve(long passBytes, long scratchBytes)
    {
        Reserve(passBytes);
        backend.Reserve(scratchBytes);
    }

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
