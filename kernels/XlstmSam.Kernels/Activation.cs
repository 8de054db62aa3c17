namespace XlstmSam.Kernels;

/// <summary>The activation a fused epilogue applies. The formulas are in <c>Formulas/</c>.</summary>
public enum Activation
{
    /// <summary>y = x.</summary>
    None,
    /// <summary>y = max(x, 0).</summary>
    Relu,
    /// <summary>y = x where x > 0, else x / 100.</summary>
    LeakyRelu,
    /// <summary>y = x Φ(x), Φ the normal distribution.</summary>
    Gelu,
    /// <summary>y = x sigmoid(x).</summary>
    Silu,
}
