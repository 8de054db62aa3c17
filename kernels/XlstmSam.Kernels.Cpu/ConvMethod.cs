namespace XlstmSam.Kernels.Cpu;

/// <summary>How convolutions of 3 x 3 x 3 taps and step 1 are computed. All others are always direct.</summary>
public enum ConvMethod
{
    /// <summary>What is fastest at the geometry: <see cref="Direct"/> for small volumes and few channels, F(2,4,4) otherwise.</summary>
    Auto,

    /// <summary>The sum of products as it is written.</summary>
    Direct,

    /// <summary>F(2,4,4) wherever the numbers of channels allow it: errors of about 1e-5 of the largest result.</summary>
    Winograd,

    /// <summary>Never less exact than the sum of products: F(2,2,2), whose sums are shorter, for results and data gradients where it is faster.</summary>
    Strict,
}
