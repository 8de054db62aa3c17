namespace XlstmSam.Kernels;

/// <summary>Pairs of a predicted mask and a target, each of so many voxels.</summary>
public readonly record struct MaskOverlapGeometry(int Pairs, long Voxels) : IGeometry
{
    /// <inheritdoc/>
    public long Flops => 3 * Pairs * Voxels;

    /// <inheritdoc/>
    public long Bytes => Pairs * Voxels * (sizeof(float) + sizeof(byte));
}

/// <summary>How far predictions and targets agree, by counting voxels.</summary>
public interface IMaskOverlap : IKernelFamily<MaskOverlapGeometry>
{
    /// <summary>2 |P ∩ Y| / (|P| + |Y|) with P the voxels of logits > 0; 1 where both are empty.</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="logits">(rows, Voxels).</param>
    /// <param name="targets">(rows, Voxels), 0 or 1.</param>
    /// <param name="pairs">(Pairs, 2): a row of the logits and one of the targets.</param>
    /// <param name="dice">(Pairs), written.</param>
    void Dice(in MaskOverlapGeometry geometry, View logits, U8View targets, I32View pairs, View dice);
}

internal sealed partial class CountedKernels : IMaskOverlap
{
    public long ScratchBytes(in MaskOverlapGeometry geometry) => real.MaskOverlap.ScratchBytes(geometry);

    public void Dice(in MaskOverlapGeometry geometry, View logits, U8View targets, I32View pairs, View dice) =>
        Add("MaskOverlap", TallyPass.Forward, real.MaskOverlap, geometry);
}
