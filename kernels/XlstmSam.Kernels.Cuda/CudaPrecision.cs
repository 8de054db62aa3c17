namespace XlstmSam.Kernels.Cuda;

/// <summary>How matrix products, convolutions, attention and the mLSTM scan multiply; their sums, and all other kernels, are in float32.</summary>
public enum CudaPrecision
{
    /// <summary>Operands as they are, on the ordinary arithmetic units.</summary>
    Float32,

    /// <summary>Operands rounded to 11 significant bits, on tensor cores.</summary>
    Tf32,

    /// <summary>Operands rounded to 8 significant bits, on tensor cores.</summary>
    BFloat16,
}
