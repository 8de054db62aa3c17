using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Copies from global to shared memory that go on beside the arithmetic. What is absent becomes zero and is not read.</summary>
internal static class AsyncCopies
{
    /// <summary>16 bytes, both addresses multiples of that.</summary>
    public static void Run(uint target, long source, bool isPresent) =>
        CudaAsm.Emit("cp.async.cg.shared.global [%0], [%1], 16, %2;", target, source, isPresent ? 16 : 0);

    /// <summary>The same for what neighbouring taps will ask for again: kept in the first-level cache.</summary>
    public static void RunCached(uint target, long source, bool isPresent) =>
        CudaAsm.Emit("cp.async.ca.shared.global [%0], [%1], 16, %2;", target, source, isPresent ? 16 : 0);

    public static void One(uint target, long source, bool isPresent) =>
        CudaAsm.Emit("cp.async.ca.shared.global [%0], [%1], 4, %2;", target, source, isPresent ? 4 : 0);

    /// <summary>Ends a group of copies.</summary>
    public static void Commit() => CudaAsm.Emit("cp.async.commit_group;");

    /// <summary>Waits for all groups of this thread but the last.</summary>
    public static void WaitForAllButOne() => CudaAsm.Emit("cp.async.wait_group 1;");

    public static void WaitForAll() => CudaAsm.Emit("cp.async.wait_group 0;");
}
