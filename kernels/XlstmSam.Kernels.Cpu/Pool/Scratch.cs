using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// Native memory that kernels borrow and give back, so that the steady state allocates none. Contents are unspecified. A request that no idle
/// buffer can serve replaces the largest of them, so there are never more buffers than were borrowed at once.
/// </summary>
internal sealed unsafe class Scratch : IDisposable
{
    private const long SmallestFloats = 16 << 10;
    private readonly Lock gate = new();
    private readonly List<(nint Memory, long Floats)> idle = [];
    private long heldFloats;

    /// <summary>Bytes of all buffers, borrowed and idle.</summary>
    public long HeldBytes => Volatile.Read(ref heldFloats) * sizeof(float);

    /// <summary>At least <paramref name="floats"/> floats, aligned to 64 bytes; the smallest idle buffer that is large enough.</summary>
    public Lease Borrow(long floats)
    {
        var rounded = Rounded(floats);
        lock (gate)
        {
            var (best, largest) = (-1, -1);
            for (var i = 0; i < idle.Count; i++)
            {
                best = idle[i].Floats >= floats && (best < 0 || idle[i].Floats < idle[best].Floats) ? i : best;
                largest = largest < 0 || idle[i].Floats > idle[largest].Floats ? i : largest;
            }

            if (best >= 0)
            {
                var (memory, size) = idle[best];
                idle.RemoveAt(best);
                return new(this, (float*)memory, size);
            }

            if (largest >= 0)
            {
                NativePages.Free((void*)idle[largest].Memory);
                heldFloats -= idle[largest].Floats;
                idle.RemoveAt(largest);
            }

            heldFloats += rounded;
        }

        return new(this, (float*)NativePages.Allocate(rounded * sizeof(float)), rounded);
    }

    /// <summary>Eight sizes between a power of two and the next, so that requests of nearly one size share a buffer and an eighth is lost at most.</summary>
    public static long Rounded(long floats)
    {
        var step = Math.Max(SmallestFloats, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(floats, 1)) / 16);
        return Math.Max(1, (floats + step - 1) / step) * step;
    }

    /// <summary>Zeros for so many doubles, or twice as many floats.</summary>
    public Lease BorrowZeros(long doubles)
    {
        var lease = Borrow(2 * doubles);
        NativeMemory.Clear(lease.Start, (nuint)(doubles * sizeof(double)));
        return lease;
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var (memory, _) in idle)
            {
                NativePages.Free((void*)memory);
            }

            idle.Clear();
        }
    }

    private void Return(float* memory, long floats)
    {
        lock (gate)
        {
            idle.Add(((nint)memory, floats));
        }
    }

    /// <summary>One borrowed buffer.</summary>
    public readonly ref struct Lease(Scratch owner, float* start, long floats)
    {
        public float* Start => start;

        public double* Doubles => (double*)start;

        public void Dispose() => owner.Return(start, floats);
    }
}
