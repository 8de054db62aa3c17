using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>Native memory for an arena or a slab; see <see cref="NativePages"/>.</summary>
internal sealed unsafe class CpuBuffer(long bytes) : DeviceBuffer(bytes)
{
    private void* memory = NativePages.Allocate(bytes);

    public override void Dispose()
    {
        NativePages.Free(memory);
        memory = null;
    }

    /// <summary>The first element of a view; null for None.</summary>
    public static float* Floats(View view)
    {
        Debug.Assert(view.Type == ElementType.Float32, "The processor's kernels take float32.");
        return view.IsNone ? null : (float*)Start(view.Buffer!) + view.Offset;
    }

    public static byte* Bytes8(U8View view) => (byte*)Start(view.Buffer!) + view.Offset;

    public static int* Rows32(I32View view) => (int*)Start(view.Buffer!) + view.Offset;

    private static void* Start(DeviceBuffer buffer)
    {
        var start = ((CpuBuffer)buffer).memory;
        return start is not null ? start : throw new ObjectDisposedException(nameof(CpuBuffer));
    }
}
