namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Marks a static method as a kernel that is compiled to PTX. Its generic parameters are closed over every formula that fits them, or over the
/// types that <see cref="InstancesAttribute"/> lists.
/// </summary>
/// <param name="threads">Threads of one block: the kernel is launched with exactly so many.</param>
/// <param name="minBlocks">Blocks that must fit on one multiprocessor at once; bounds the registers of a thread.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CudaKernelAttribute(int threads, int minBlocks = 2) : Attribute
{
    public int Threads => threads;

    public int MinBlocks => minBlocks;

    /// <summary>Dynamic shared memory of a block in bytes: what <c>SharedMemory.GetDynamic</c> gives, at a multiple of 16. It may pass 48 KiB.</summary>
    public int DynamicSharedBytes { get; init; }
}
