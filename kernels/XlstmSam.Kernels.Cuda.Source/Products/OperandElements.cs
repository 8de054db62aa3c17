using ILGPU.Runtime.Cuda;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// The elements of an operand, which lie in shared memory as they do in global memory. A step of a product takes four runs of 16 bytes of the terms.
/// </summary>
internal interface IOperandElement
{
    static abstract uint Bytes { get; }

    /// <summary>Elements in 16 bytes, which one copy moves.</summary>
    static abstract int Run { get; }

    static abstract void CopyOne(uint target, long source, bool isPresent);

    /// <summary>Which row of a block is stored at this place of <see cref="AlongSum{TElement}"/>.</summary>
    static abstract int RowAt(int place);

    /// <summary>What <see cref="ILayout.LaneBytes"/> is where the outer positions of a term are neighbours.</summary>
    static abstract uint LaneBytes(int lane, uint termBytes);

    /// <summary>What <see cref="ILayout.Fragment"/> is where the outer positions of a term are neighbours.</summary>
    static abstract Fragment Fragment(uint address, uint termBytes);

    /// <summary>A lane's sums of one or two blocks below each other, into a tile in shared memory.</summary>
    /// <param name="block">Address of the first.</param>
    static abstract void Store(BlockColumn sums, uint block, uint rowBytes, int blocks, int lane);
}

/// <summary>
/// Float32: lane 4 g + t has outer positions 4 g .. 4 g + 3 of a block at term t (and t + 4), so that its results are neighbours and loads are 16 bytes wide.
/// </summary>
internal readonly struct Floats : IOperandElement
{
    public static uint Bytes => SharedWords.Bytes;

    public static int Run => 4;

    public static void CopyOne(uint target, long source, bool isPresent) => AsyncCopies.One(target, source, isPresent);

    public static int RowAt(int place) => ((place & 7) * 4) + (place >> 3);

    public static uint LaneBytes(int lane, uint termBytes) => ((uint)(lane & 3) * termBytes) + ((uint)(lane >> 2) * 16);

    public static Fragment Fragment(uint address, uint termBytes) => new() { Low = SharedWords.Load(address), High = SharedWords.Load(address + (4 * termBytes)) };

    public static void Store(BlockColumn sums, uint block, uint rowBytes, int blocks, int lane) =>
        sums.Store(block + ((uint)(4 * (lane >> 2)) * rowBytes) + ((uint)(8 * (lane & 3)) * SharedWords.Bytes), rowBytes, blocks);
}

/// <summary>
/// Bfloat16: lane 4 g + t has outer positions g, g + 8, g + 16 and g + 24 of a block at terms 2 t and 2 t + 1 (and 8 beyond), in pairs, as the loads of matrices deal them out.
/// </summary>
internal readonly struct BFloats : IOperandElement
{
    public static uint Bytes => 2;

    public static int Run => 8;

    // The least that goes by itself is four bytes.
    public static void CopyOne(uint target, long source, bool isPresent)
    {
        var bits = 0u;
        if (isPresent)
        {
            CudaAsm.Emit("ld.global.u16 %0, [%1];", out bits, source);
        }

        CudaAsm.Emit("st.shared.u16 [%0], %1;", target, bits);
    }

    public static int RowAt(int place) => place;

    public static uint LaneBytes(int lane, uint termBytes) => ((uint)(lane & 7) * termBytes) + ((uint)(lane >> 3) * 16);

    public static Fragment Fragment(uint address, uint termBytes) =>
        new() { Low = SharedWords.LoadTransposed(address), High = SharedWords.LoadTransposed(address + (8 * termBytes)) };

    public static void Store(BlockColumn sums, uint block, uint rowBytes, int blocks, int lane) =>
        sums.StoreDealt(block + ((uint)(lane >> 2) * rowBytes) + ((uint)(2 * (lane & 3)) * SharedWords.Bytes), rowBytes, blocks);
}
