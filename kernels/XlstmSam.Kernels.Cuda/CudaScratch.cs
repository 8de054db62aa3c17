namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Device memory that kernels borrow for the length of a call: the smallest idle buffer that is large enough, else a larger one in place of the
/// largest idle. Calls run in order, so a buffer may be lent again as soon as the call that had it was issued.
/// </summary>
internal sealed class CudaScratch(CachingAllocator allocator) : IDisposable
{
    private const long Smallest = 256 << 10;
    private readonly List<CudaBuffer> idle = [];

    /// <summary>Elements at a multiple of 256 bytes, contents unspecified; dispose to give them back.</summary>
    public Lease Borrow(long length, ElementType type = ElementType.Float32)
    {
        var (bytes, best, largest) = (length * type.Bytes(), -1, -1);
        for (var i = 0; i < idle.Count; i++)
        {
            best = idle[i].Bytes >= bytes && (best < 0 || idle[i].Bytes < idle[best].Bytes) ? i : best;
            largest = largest < 0 || idle[i].Bytes > idle[largest].Bytes ? i : largest;
        }

        if (best < 0 && largest >= 0)
        {
            allocator.Free(idle[largest]);
            idle.RemoveAt(largest);
        }

        if (best < 0)
        {
            return new(this, allocator.Allocate(Rounded(bytes)), length, type);
        }

        var buffer = idle[best];
        idle.RemoveAt(best);
        return new(this, buffer, length, type);
    }

    /// <summary>What a request takes: eight sizes between a power of two and the next, so that an eighth is lost at most.</summary>
    public static long Rounded(long bytes)
    {
        var step = Math.Max(Smallest, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, 1)) / 16);
        return Math.Max(1, (bytes + step - 1) / step) * step;
    }

    public void Dispose()
    {
        foreach (var buffer in idle)
        {
            buffer.Dispose();
        }

        idle.Clear();
    }

    /// <summary>The default is a lease of nothing.</summary>
    public readonly ref struct Lease(CudaScratch owner, CudaBuffer buffer, long length, ElementType type)
    {
        private readonly CudaScratch? owner = owner;

        public View View => new(buffer, 0, length, type);

        public void Dispose() => owner?.idle.Add(buffer);
    }
}
