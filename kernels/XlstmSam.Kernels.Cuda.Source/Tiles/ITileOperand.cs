using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Puts a slab of a product into shared memory: element (k, x) at k <see cref="Tile.Stride"/> + x, zeros beyond the operand.</summary>
internal interface ITileOperand
{
    /// <param name="k">The first summed index; a slab has <see cref="Tile.Depth"/>.</param>
    void Load(ArrayView<float> slab, int k);
}
