using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>
/// A case for kernels that round the operands of products to a number of significant bits. Its inputs need no rounding, so that a product of inputs
/// must be as exact as in float32; what is computed before it is multiplied is off by half a unit of the last bit.
/// </summary>
/// <param name="bits">11 in tf32, 8 in bf16.</param>
/// <param name="isChain">Products follow each other in forward already, as in attention.</param>
public sealed class RoundedCase(OpCase op, int bits, bool isChain) : OpCase
{
    private const int FloatBits = 24;

    public override string Name => op.Name;

    // A chain has the error of float arithmetic with fewer bits, on the same input.
    public override double ErrorFactor => op.ErrorFactor * (isChain ? Math.ScaleB(1, FloatBits - bits) : 1);

    // Gradients of a product multiply dy alone, which is off by 5/8 of a unit at most; so may sums of its products. Those of a chain are products
    // of products: eight roundings of half a unit.
    public override double GradientTolerance => isChain ? Math.ScaleB(8, -bits) : op.GradientTolerance + Math.ScaleB(1.25, -bits);

    public override IReadOnlyList<Sample> Inputs { get; } =
        [.. op.Inputs.Select(sample => sample with { Values = [.. sample.Values.Select(x => Rounded(x, bits))] })];

    public override Tensor Apply(Tape tape, Tensor[] inputs) => op.Apply(tape, inputs);

    public override T[] Reference<T>(T[][] inputs) => op.Reference(inputs);

    private static float Rounded(float x, int bits)
    {
        var unit = 1u << (FloatBits - bits);
        return BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) + (unit >> 1)) & ~(unit - 1));
    }
}
