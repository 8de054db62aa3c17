namespace XlstmSam.Kernels;

/// <summary>The activation a fused epilogue applies. The formulas are in <c>Formulas/</c>.</summary>
public enum Activation
{
    None,
    Relu,
    LeakyRelu,
    Gelu,
    Silu,
}
