namespace XlstmSam.Kernels;

/// <summary>logits and targets are (N, Voxels): one mask per row.</summary>
public readonly record struct DiceCeGeometry(int N, long Voxels) : IGeometry
{
    /// <inheritdoc/>
    public long Flops => 20 * N * Voxels;

    /// <inheritdoc/>
    public long Bytes => N * Voxels * (sizeof(float) + sizeof(byte));
}

/// <summary>The two terms of the loss and Dice's smoothing, which stands in numerator and denominator.</summary>
public readonly record struct DiceCeWeights(float Dice = 1, float CrossEntropy = 1, float Smooth = 1e-5f)
{
    /// <summary>Both terms with weight 1. (<c>new DiceCeWeights()</c> is all zeros, as for every struct.)</summary>
    public static DiceCeWeights Default => new(Dice: 1);
}

/// <summary>
/// With p = sigmoid(x) per mask: dice = 1 - (2 Σ p y + s) / (Σ p² + Σ y² + s), averaged over masks;
/// cross entropy = mean over all voxels of softplus(x) - x y; loss = weighted sum. Targets are 0 or 1. Backward accumulates (+=).
/// </summary>
public interface IDiceCe : IKernelFamily<DiceCeGeometry>
{
    /// <summary>The loss of logits against targets.</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="weights">The shares of the two terms.</param>
    /// <param name="logits">One value per voxel.</param>
    /// <param name="targets">0 or 1 per voxel.</param>
    /// <param name="loss">(1), written.</param>
    /// <param name="sums">(N, 3), written: Σ p y, Σ p², Σ y² of every mask.</param>
    void Forward(in DiceCeGeometry geometry, in DiceCeWeights weights, View logits, U8View targets, View loss, View sums);

    /// <summary>Adds dloss (1) times the gradient of the loss to dlogits, from the sums that forward wrote.</summary>
    void Backward(in DiceCeGeometry geometry, in DiceCeWeights weights, View dloss, View logits, U8View targets, View sums, View dlogits);
}

internal sealed partial class CountedKernels : IDiceCe
{
    public long ScratchBytes(in DiceCeGeometry geometry) => real.DiceCe.ScratchBytes(geometry);

    public void Forward(in DiceCeGeometry geometry, in DiceCeWeights weights, View logits, U8View targets, View loss, View sums) =>
        Add("DiceCe", TallyPass.Forward, real.DiceCe, geometry);

    public void Backward(in DiceCeGeometry geometry, in DiceCeWeights weights, View dloss, View logits, U8View targets, View sums, View dlogits) =>
        AddBackward("DiceCe", real.DiceCe, geometry, data: !dlogits.IsNone, weight: false);
}
