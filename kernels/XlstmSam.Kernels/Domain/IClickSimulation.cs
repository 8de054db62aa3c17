namespace XlstmSam.Kernels;

/// <summary>One click for each of N masks of one grid; the prompts of neighbouring masks lie Stride entries apart.</summary>
public readonly record struct ClickGeometry(int N, Extent3 Grid, int Stride) : IGeometry
{
    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => N * Grid.Count * (sizeof(float) + sizeof(byte));
}

/// <summary>
/// The simulated user. Candidates are the voxels of the error (logit > threshold) xor target, for a deepest click those of its largest 26-connected
/// component, the first in raster order among equals; without logits or without an error they are the voxels of the target. Depth is the squared
/// distance in voxels to the nearest voxel that is no candidate, outside the grid included. A deepest click falls on one of the n deepest
/// candidates, a uniform one on any of the n: on number ⌊word n / 2⁶⁴⌋ in raster order. Without candidates it falls on the first voxel.
/// </summary>
public interface IClickSimulation : IKernelFamily<ClickGeometry>
{
    /// <summary>Writes one click for each mask.</summary>
    /// <param name="geometry">The shapes of this call.</param>
    /// <param name="threshold">Logits above it are inside the mask.</param>
    /// <param name="logits">(N, D, H, W), or None.</param>
    /// <param name="targets">0 or 1 per voxel.</param>
    /// <param name="draws">(N, 3): 1 for a deepest click and 0 for a uniform one, then the high and the low half of the random word.</param>
    /// <param name="prompts">(N, Stride, 4) without the entries before the one to write: d, h, w, and the label, 1 inside the target and 0 outside.</param>
    void Place(in ClickGeometry geometry, float threshold, View logits, U8View targets, I32View draws, View prompts);
}

internal sealed partial class CountedKernels : IClickSimulation
{
    public long ScratchBytes(in ClickGeometry geometry) => real.ClickSimulation.ScratchBytes(geometry);

    public void Place(in ClickGeometry geometry, float threshold, View logits, U8View targets, I32View draws, View prompts) =>
        Add("ClickSimulation", TallyPass.Forward, real.ClickSimulation, geometry);
}
