using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>The training loss: Dice plus cross entropy of logits against masks of 0 and 1.</summary>
public static class DiceCe
{
    /// <summary>logits are (N, ...), one mask per row; targets hold one byte per logit. The output is (1).</summary>
    public static Tensor Apply(Tape tape, Tensor logits, Block targets, DiceCeWeights weights)
    {
        var geometry = Geometry(logits.Shape, targets.ByteLength, weights);
        var loss = tape.Empty(new(1), logits.RequiresGrad);
        var sums = tape.Rent(3L * geometry.N);
        tape.Backend.DiceCe.Forward(geometry, weights, logits, targets.Bytes8, loss, sums.View);
        return tape.Record(loss, new DiceCePullback(geometry, weights, logits, targets, sums));
    }

    private static DiceCeGeometry Geometry(Shape logits, long targets, in DiceCeWeights weights)
    {
        Require.That(logits.Rank > 0 && logits.Length > 0, $"DiceCe: logits are {logits}; expected (N, ...) with at least one voxel.");
        Require.That(targets == logits.Length, $"DiceCe: there are {targets} target bytes; expected {logits.Length} to match logits {logits}.");
        Require.That(weights != default, "DiceCe: all weights are 0, as new DiceCeWeights() leaves them; expected DiceCeWeights.Default or a choice.");
        return new(logits[0], logits.Length / logits[0]);
    }

    private sealed record DiceCePullback(DiceCeGeometry Geometry, DiceCeWeights Weights, Tensor Logits, Block Targets, Block Sums) : Pullback
    {
        public override void Apply(Tape tape, Tensor loss) => tape.Backend.DiceCe.Backward(
            Geometry, Weights, tape.GradOf(loss), Logits, Targets.Bytes8, Sums.View, tape.GradOf(Logits));
    }
}
