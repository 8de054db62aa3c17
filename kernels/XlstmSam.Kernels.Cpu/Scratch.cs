using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Native memory that kernels borrow and give back, so that the steady state allocates none. Contents are unspecified.</summary>
internal sealed unsafe class Scratch : IDisposable
{
    private const long SmallestFloats = 16 << 10;
    private readonly Lock gate = new();
    private readonly List<(nint Memory, long Floats)> idle = [];

    /// <summary>At least <paramref name="floats"/> floats, aligned to 64 bytes; the smallest idle buffer that is large enough.</summary>
    public Lease Borrow(long floats)
    {
        lock (gate)
        {
            var best = -1;
            for (var i = 0; i < idle.Count; i++)
            {
                if (idle[i].Floats >= floats && (best < 0 || idle[i].Floats < idle[best].Floats))
                {
                    best = i;
                }
            }

            if (best >= 0)
            {
                var (memory, size) = idle[best];
                idle.RemoveAt(best);
                return new(this, (float*)memory, size);
            }
        }

        var rounded = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(floats, SmallestFloats));
        return new(this, (float*)NativeMemory.AlignedAlloc((nuint)(rounded * sizeof(float)), 64), rounded);
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
                NativeMemory.AlignedFree((void*)memory);
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
