using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Native memory, aligned to 64 bytes, or to 2 MiB and backed by huge pages where it is large and the system allows it.</summary>
internal static unsafe class NativePages
{
    private const long HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    public static void* Allocate(long bytes)
    {
        var large = bytes >= 2 * HugePage;
        var memory = NativeMemory.AlignedAlloc((nuint)bytes, (nuint)(large ? HugePage : 64));
        if (large && OperatingSystem.IsLinux())
        {
            _ = Advise(memory, (nuint)bytes, AdviseHugePages);
        }

        return memory;
    }

    public static void Free(void* memory) => NativeMemory.AlignedFree(memory);

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(void* address, nuint length, int advice);
}
