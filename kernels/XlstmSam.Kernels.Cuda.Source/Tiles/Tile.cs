using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>Products of 64 x 64 tiles by blocks of 256 threads. Operands come through shared memory in slabs of 16 of the summed index.</summary>
internal static class Tile
{
    public const int BlockSize = 256;
    public const int Size = SequenceTile.Size;

    /// <summary>
    /// Floats from one row of a tile in shared memory to the next: a multiple of 4, and 8 beyond a multiple of 32, so that the fragments of a warp
    /// (four rows by eight columns) lie in 32 different banks.
    /// </summary>
    public const int Stride = 72;

    public const int Depth = 16;

    /// <summary>Floats of a tile in shared memory.</summary>
    public const int Floats = Size * Stride;

    /// <summary>Floats of a slab.</summary>
    public const int SlabFloats = Depth * Stride;

    public const int SlotStride = Stride;

    /// <summary>sums += Σ_k left[k, ·] right[k, ·] for k below depth. All threads of the block call it; it begins with a barrier.</summary>
    public static ThreadSums Multiply<TPrecision, TLeft, TRight>(
        ThreadSums sums, TLeft left, TRight right, int depth, ArrayView<float> leftSlab, ArrayView<float> rightSlab)
        where TPrecision : struct, ITilePrecision
        where TLeft : struct, ITileOperand
        where TRight : struct, ITileOperand
    {
        for (var k = 0; k < depth; k += Depth)
        {
            Group.Barrier();
            left.Load(leftSlab, k);
            right.Load(rightSlab, k);
            Group.Barrier();
            sums = TPrecision.Add(sums, leftSlab, Stride, 1, rightSlab, Depth);
        }

        return sums;
    }

    /// <summary>
    /// The same with a tile that is in shared memory as the left operand: element (k, row) at k depthStride + row rowStride. What it holds beyond
    /// depth must be finite.
    /// </summary>
    public static ThreadSums MultiplyTile<TPrecision, TRight>(
        ThreadSums sums, ArrayView<float> tile, int depthStride, int rowStride, TRight right, int depth, ArrayView<float> rightSlab)
        where TPrecision : struct, ITilePrecision
        where TRight : struct, ITileOperand
    {
        for (var k = 0; k < depth; k += Depth)
        {
            Group.Barrier();
            right.Load(rightSlab, k);
            Group.Barrier();
            sums = TPrecision.Add(sums, tile.SubView(k * depthStride, tile.Length - (k * depthStride)), depthStride, rowStride, rightSlab, Depth);
        }

        return sums;
    }

    /// <summary>The sum of a row from the sums of its sixteen threads, in a fixed order.</summary>
    public static float RowSum(ArrayView<float> slots, int row)
    {
        var sum = 0f;
        for (var slot = 0; slot < 16; slot++)
        {
            sum += slots[(slot * SlotStride) + row];
        }

        return sum;
    }

    /// <summary>Floats of shared memory at a multiple of 16 bytes.</summary>
    public static ArrayView<float> AsFloats(ArrayView<Float4> room) => room.Cast<float>();
}
