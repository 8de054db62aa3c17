using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Native memory, aligned to 64 bytes, or to 2 MiB and backed by huge pages where the system allows it.</summary>
internal sealed unsafe class CpuBuffer : DeviceBuffer
{
    private const long HugePage = 2 << 20;
    private const int AdviseHugePages = 14;
    private void* memory;

    public CpuBuffer(long bytes)
        : base(bytes)
    {
        var large = bytes >= 2 * HugePage;
        memory = NativeMemory.AlignedAlloc((nuint)bytes, (nuint)(large ? HugePage : 64));
        if (large && OperatingSystem.IsLinux())
        {
            _ = Advise(memory, (nuint)bytes, AdviseHugePages);
        }
    }

    public override void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        memory = null;
    }

    /// <summary>The first element of a view; null for None.</summary>
    public static float* Floats(View view) => view.IsNone ? null : (float*)Start(view.Buffer!) + view.Offset;

    public static byte* Bytes8(U8View view) => (byte*)Start(view.Buffer!) + view.Offset;

    public static int* Rows32(I32View view) => (int*)Start(view.Buffer!) + view.Offset;

    private static void* Start(DeviceBuffer buffer)
    {
        var start = ((CpuBuffer)buffer).memory;
        return start is not null ? start : throw new ObjectDisposedException(nameof(CpuBuffer));
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(void* address, nuint length, int advice);
}
