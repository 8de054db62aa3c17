namespace XlstmSam.Kernels.Cuda;

/// <summary>Device memory; disposing gives it back to the allocator.</summary>
internal sealed class CudaBuffer(CachingAllocator owner, nint address, long bytes) : DeviceBuffer(bytes)
{
    private nint address = address;

    public override void Dispose()
    {
        if (Take() is not 0 and var own)
        {
            owner.Return(own, Bytes);
        }
    }

    /// <summary>The address, which is then the caller's; 0 if it was given back before.</summary>
    public nint Take()
    {
        var own = address;
        address = 0;
        return own;
    }

    /// <summary>Of the first element; 0 for None.</summary>
    public static nint Address(View view) => view.IsNone ? 0 : Start(view.Buffer!) + (nint)(view.Offset * view.Type.Bytes());

    public static nint Address(U8View view) => Start(view.Buffer!) + (nint)view.Offset;

    public static nint Address(I32View view) => Start(view.Buffer!) + (nint)(view.Offset * sizeof(int));

    private static nint Start(DeviceBuffer buffer)
    {
        var start = ((CudaBuffer)buffer).address;
        return start != 0 ? start : throw new ObjectDisposedException(nameof(CudaBuffer));
    }
}
