using System.Diagnostics;

namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Device memory that kernels borrow for the length of a call: one buffer, lent piece behind piece, the last piece given back first. Calls run
/// in order, so what was given back may be lent again as soon as the call that had it was issued.
/// </summary>
internal sealed class CudaScratch(CachingAllocator allocator) : IDisposable
{
    private const long Smallest = 256 << 10;
    private const long Alignment = 256;

    /// <summary>What the pieces of a call lose at most by where they start; no call borrows more than eight.</summary>
    public const long PerCall = 8 * Alignment;

    // Buffers that became too small while pieces of them were lent.
    private readonly List<CudaBuffer> outgrown = [];
    private CudaBuffer? memory;
    private long lent;

    /// <summary>Elements at a multiple of 256 bytes, contents unspecified; dispose to give them back.</summary>
    public Lease Borrow(long length, ElementType type = ElementType.Float32)
    {
        var start = lent;
        var end = start + ((Math.Max(length, 1) * type.Bytes()) + Alignment - 1) / Alignment * Alignment;
        if (memory is null || memory.Bytes < end)
        {
            Grow(Rounded(end));
        }

        lent = end;
        return new(this, new(memory, start / type.Bytes(), length, type), start);
    }

    /// <summary>Takes so much at once.</summary>
    public void Reserve(long bytes)
    {
        if (memory is null || memory.Bytes < bytes)
        {
            Grow(bytes);
        }
    }

    /// <summary>
    /// What calls that borrow so much in a few pieces take: eight sizes between a power of two and the next, so that an eighth is lost at most.
    /// </summary>
    public static long Rounded(long bytes)
    {
        var step = Math.Max(Smallest, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, 1)) / 16);
        return Math.Max(1, (bytes + step - 1) / step) * step;
    }

    public void Dispose()
    {
        memory?.Dispose();
        memory = null;
    }

    private void Grow(long bytes)
    {
        if (memory is not null && lent == 0)
        {
            // The old memory goes first: the two together might not fit.
            allocator.Free(memory);
            memory = null;
        }

        var larger = allocator.Allocate(bytes);
        if (memory is not null)
        {
            outgrown.Add(memory);
        }

        memory = larger;
    }

    private void Return(long start)
    {
        Debug.Assert(start <= lent, "Scratch memory: the last piece borrowed goes back first.");
        lent = start;
        if (lent == 0 && outgrown.Count > 0)
        {
            outgrown.ForEach(allocator.Free);
            outgrown.Clear();
        }
    }

    /// <summary>The default is a lease of nothing.</summary>
    public readonly ref struct Lease(CudaScratch owner, View view, long start)
    {
        private readonly CudaScratch? owner = owner;

        public View View => view;

        public void Dispose() => owner?.Return(start);
    }
}
