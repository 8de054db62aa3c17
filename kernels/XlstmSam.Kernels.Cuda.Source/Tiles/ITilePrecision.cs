using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// How a block of 256 threads multiplies tiles in shared memory. Each thread owns 16 sums of a 64 x 64 tile: its four rows by its four columns.
/// Sixteen threads share a row.
/// </summary>
internal interface ITilePrecision
{
    /// <summary>This thread's row i of 0 .. 3.</summary>
    static abstract int Row(int i);

    /// <summary>This thread's column j of 0 .. 3.</summary>
    static abstract int Column(int j);

    /// <summary>Which of the sixteen threads of its rows this one is.</summary>
    static abstract int Slot { get; }

    /// <summary>
    /// sums[r, c] += Σ_k left[k, r] right[k, c] for k below depth, a multiple of 16. Element (k, r) of left is at k leftDepth + r leftRow, element
    /// (k, c) of right at k <see cref="Tile.Stride"/> + c.
    /// </summary>
    static abstract ThreadSums Add(ThreadSums sums, ArrayView<float> left, int leftDepth, int leftRow, ArrayView<float> right, int depth);
}
