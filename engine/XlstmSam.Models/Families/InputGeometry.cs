using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>What a model sees of an image.</summary>
/// <param name="Size">Cells of the grid along the array axes, the first axis slowest.</param>
/// <param name="Channels">Values per cell.</param>
public readonly record struct InputGeometry(Extent3 Size, int Channels)
{
    /// <summary>Values of one image.</summary>
    public long Count => Size.Count * Channels;

    /// <summary>The shape of a batch of images, (N, X0, X1, X2, channels).</summary>
    public Shape Images(int count) => new(count, Size.D, Size.H, Size.W, Channels);
}
