namespace XlstmSam.Kernels.Cuda;

/// <summary>Device memory; disposing gives it back to the allocator.</summary>
internal sealed class CudaBuffer(CachingAllocator owner, nint address, long bytes) : DeviceBuffer(bytes)
{
    private nint address = address;

    /// <summary>Whether it has not been given back.</summary>
    public bool IsHeld => address != 0;

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
    public static nint Address(View view) => view.IsNone ? 0 : ((CudaBuffer)view.Buffer!).Start() + (nint)(view.Offset * view.Type.Bytes());

    public static nint Address(U8View view) => ((CudaBuffer)view.Buffer!).Start() + (nint)view.Offset;

    public static nint Address(I32View view) => ((CudaBuffer)view.Buffer!).Start() + (nint)(view.Offset * sizeof(int));

    private nint Start()
    {
        ObjectDisposedException.ThrowIf(!IsHeld, this);
        owner.Capture.Note(this);
        return address;
    }
}
