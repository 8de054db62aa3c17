using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>
/// A case of convolutions whose volumes are stored as the device stores them at best: x and the residual are cast before the op, y after it. Where that
/// is bfloat16, every volume on the way is off by half a unit of 8 bits, as is every gradient.
/// </summary>
/// <param name="op">Its first input is x, its second the weight; other volumes have five axes.</param>
/// <param name="roundings">Half units between x and y.</param>
/// <param name="gradientRoundings">Half units between dy and the gradients.</param>
/// <param name="beta">
/// The input that is added per channel before an activation, if there is one: it is moved so far up or down, in turn, that no rounding carries a
/// value across the kink.
/// </param>
public sealed class VolumeCase(OpCase op, int roundings, int gradientRoundings, int beta = -1) : OpCase
{
    private const int Bits = 8;
    private const float BeyondKinks = 12;

    public override string Name => $"{op.Name} in bfloat16";

    public override double ErrorFactor => op.ErrorFactor;

    public override double StorageError => Math.ScaleB(roundings, -Bits);

    public override double GradientTolerance => op.GradientTolerance + Math.ScaleB(gradientRoundings, -Bits);

    public override IReadOnlyList<Sample> Inputs { get; } = [.. new RoundedCase(op, Bits, isChain: false).Inputs.Select((sample, i) =>
        i == beta ? Shifted(sample) : sample)];

    public override Tensor Apply(Tape tape, Tensor[] inputs)
    {
        var type = tape.Backend.VolumeType;
        var stored = inputs.Select((x, i) => i != 1 && x.Shape.Rank == 5 ? Cast.Apply(tape, x, type) : x).ToArray();
        return Cast.Apply(tape, op.Apply(tape, stored), ElementType.Float32);
    }

    public override T[] Reference<T>(T[][] inputs) => op.Reference(inputs);

    private static Sample Shifted(Sample sample) => sample with { Values = [.. sample.Values.Select((v, i) => v + (i % 2 == 0 ? BeyondKinks : -BeyondKinks))] };
}
