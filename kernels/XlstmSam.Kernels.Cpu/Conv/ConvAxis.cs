namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// One axis of a convolution pass: result o of <see cref="Count"/> is stored at o OutStep + OutOrigin and sums over t below
/// <see cref="Taps"/> the input at o InStep + InOrigin + t times weight tap FirstTap + t TapStep. Inputs outside [0, In) are zero.
/// </summary>
internal readonly record struct ConvAxis(
    int In, int Count, int InStep, int InOrigin, int Taps, int FirstTap, int TapStep, int OutSize, int OutStep, int OutOrigin)
{
    /// <summary>Inputs that <paramref name="outputs"/> neighbouring results read.</summary>
    public int Reach(int outputs) => ((outputs - 1) * InStep) + Taps;

    public static ConvAxis Forward(int input, int output, int kernel, int stride, int padding) =>
        new(input, output, stride, -padding, kernel, 0, 1, output, 1, 0);

    /// <summary>All of the transposed pass, for tiles that know which gradients and taps each of their results needs.</summary>
    public static ConvAxis Whole(int gradients, int results, int taps) => new(gradients, results, 1, 0, taps, 0, 1, results, 1, 0);

    /// <summary>
    /// The part of the transposed pass whose results i have (i + padding) mod stride = residue. With i + padding = stride q + residue
    /// the taps are residue + stride j and read gradient q - j: a convolution of step 1 with the taps in descending order.
    /// </summary>
    public static ConvAxis Backward(int input, int output, int kernel, int stride, int padding, int residue)
    {
        var taps = residue < kernel ? ((kernel - 1 - residue) / stride) + 1 : 0;
        var first = Math.Max(0, (padding - residue + stride - 1) / stride);
        var last = (input - 1 + padding - residue) < 0 ? -1 : (input - 1 + padding - residue) / stride;
        var count = Math.Max(0, last - first + 1);
        return new(output, count, 1, first - (taps - 1), taps, residue + (stride * (taps - 1)), -stride, input, stride, (stride * first) + residue - padding);
    }
}
