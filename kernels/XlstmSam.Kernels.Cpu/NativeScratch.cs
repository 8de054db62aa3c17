using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Native working memory that a kernel family keeps between calls: it grows to the largest call and is freed with its owner.</summary>
internal sealed unsafe class NativeScratch
{
    private const int Alignment = 4096;
    private byte* memory;
    private long capacity;

    ~NativeScratch() => NativeMemory.AlignedFree(memory);

    /// <summary>At least <paramref name="bytes"/> bytes of unspecified contents, valid until the next call.</summary>
    public byte* Take(long bytes)
    {
        if (bytes > capacity)
        {
            NativeMemory.AlignedFree(memory);
            memory = null;
            capacity = 0;
            memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
            capacity = bytes;
        }

        return memory;
    }
}
