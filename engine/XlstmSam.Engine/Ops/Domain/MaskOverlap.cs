using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>How far predicted masks and targets agree; without gradients, for scores.</summary>
public static class MaskOverlap
{
    /// <param name="logits">(N, ...), one mask per row.</param>
    /// <param name="targets">Masks of as many bytes as a row of the logits has voxels.</param>
    /// <param name="pairs">(P, 2): a row of the logits and one of the targets.</param>
    /// <returns>The Dice of every pair, (P).</returns>
    public static Tensor Dice(Tape tape, Tensor logits, Block targets, Block pairs)
    {
        Require.That(logits.Shape.Rank > 0 && logits.Shape.Length > 0, $"MaskOverlap: logits are {logits.Shape}; expected (N, ...) with at least one voxel.");
        var geometry = new MaskOverlapGeometry((int)(pairs.ByteLength / (2 * sizeof(int))), logits.Shape.Length / logits.Shape[0]);
        Require.That(
            targets.ByteLength % geometry.Voxels == 0, $"MaskOverlap: there are {targets.ByteLength} target bytes; expected masks of {geometry.Voxels} to " +
                $"match logits {logits.Shape}.");
        var dice = tape.Empty(new(geometry.Pairs), requiresGrad: false);
        tape.Backend.MaskOverlap.Dice(geometry, logits, targets.Bytes8, pairs.Rows32, dice);
        return dice;
    }
}
