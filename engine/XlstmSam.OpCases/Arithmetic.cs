namespace XlstmSam.OpCases;

/// <summary>How a family of kernels computes where a device multiplies in fewer bits than a float has.</summary>
public enum Arithmetic
{
    /// <summary>In float32 everywhere: nothing is rounded before it is multiplied.</summary>
    Float32,

    /// <summary>Products of inputs: exact on inputs that need no rounding.</summary>
    Product,

    /// <summary>Products of products, as in attention: every link rounds what the one before gave.</summary>
    Chain,
}
