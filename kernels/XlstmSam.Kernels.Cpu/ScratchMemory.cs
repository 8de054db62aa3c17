using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Native memory of one kernel family that grows to the largest request and is reused by every call.</summary>
internal sealed unsafe class ScratchMemory
{
    private double* memory;
    private long capacity;

    ~ScratchMemory() => NativeMemory.AlignedFree(memory);

    /// <summary>Zeros, valid until the next request.</summary>
    public double* Zeros(long count)
    {
        if (count > capacity)
        {
            NativeMemory.AlignedFree(memory);
            memory = (double*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(double)), 64);
            capacity = count;
        }

        NativeMemory.Clear(memory, (nuint)(count * sizeof(double)));
        return memory;
    }
}
