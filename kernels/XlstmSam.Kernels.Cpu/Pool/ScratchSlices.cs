using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Hands out consecutive pieces of a block of scratch memory, each aligned to 64 bytes.</summary>
internal unsafe struct ScratchSlices(float* start, long bytes)
{
    private readonly byte* end = (byte*)start + bytes;
    private byte* next = (byte*)start;

    public float* Floats(long count) => (float*)Take(count * sizeof(float));

    public double* Doubles(long count) => (double*)Take(count * sizeof(double));

    public int* Ints(long count) => (int*)Take(count * sizeof(int));

    /// <summary>What a piece of this many bytes takes up.</summary>
    public static long Size(long bytes) => (bytes + 63) & ~63L;

    private byte* Take(long size)
    {
        var piece = next;
        next += Size(size);
        Debug.Assert(next <= end, "The task asked for more scratch than it announced.");
        return piece;
    }
}
