namespace XlstmSam.Kernels.Cuda;

/// <summary>One kernel of this build; loaded onto the device when it is first launched.</summary>
internal sealed class CudaKernel(KernelEntry entry)
{
    public KernelEntry Entry => entry;

    /// <summary>Bytes of all arguments.</summary>
    public int ParameterBytes { get; } = entry.Parameters is [.., var last] ? last.Offset + last.Size : 0;

    /// <summary>0 until it is loaded.</summary>
    public nint Handle { get; set; }
}
