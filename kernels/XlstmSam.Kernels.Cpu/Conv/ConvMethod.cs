namespace XlstmSam.Kernels.Cpu;

/// <summary>How convolutions of 3 x 3 x 3 taps are computed that have step 1, or step 2 and padding 1. All others are always direct.</summary>
public enum ConvMethod
{
    /// <summary>What is fastest at the geometry: <see cref="Direct"/> for small volumes and few channels, Winograd's otherwise.</summary>
    Auto,

    /// <summary>The sum of products as it is written.</summary>
    Direct,

    /// <summary>Winograd's wherever the numbers of channels allow it: errors of about 1e-5 of the largest result at step 1, and of 1e-6 at step 2.</summary>
    Winograd,

    /// <summary>
    /// Never less exact than the sum of products: F(2,2,2) at step 1, whose sums are shorter, for results and data gradients where it is faster.
    /// </summary>
    Strict,
}
