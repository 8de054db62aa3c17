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

    /// <summary>A run whose elements lie apart.</summary>
    static abstract void CopyEach<TPlaces>(uint target, TPlaces places)
        where TPlaces : struct, IPlaces;

    /// <summary>Which row of a block is stored at this place of <see cref="AlongSum{TElement}"/>.</summary>
    static abstract int RowAt(int place);

    /// <summary><see cref="ILayout.LaneBytes"/> where the terms of an outer position are neighbours, rows of so many bytes.</summary>
    static abstract uint LaneAlongSum(int lane, uint rowBytes, bool isLeft);

    static abstract Fragment FragmentAlongSum(uint address, uint rowBytes);

    /// <summary><see cref="ILayout.LaneBytes"/> where the outer positions of a term are neighbours, rows of so many bytes.</summary>
    static abstract uint LaneAlongOuter(int lane, uint termBytes, bool isLeft);

    static abstract Fragment FragmentAlongOuter(uint address, uint termBytes);

    /// <summary>A lane's sums of one or two blocks below each other, into a tile in shared memory.</summary>
    /// <param name="block">Address of the first.</param>
    static abstract void Store(BlockColumn sums, uint block, uint rowBytes, int blocks, int lane);
}

/// <summary>Where the elements of a run lie in global memory.</summary>
internal interface IPlaces
{
    /// <summary>0 if element i is absent.</summary>
    long Address(int i);
}

/// <summary>
/// Float32. Lane 4 g + t has outer positions 4 g .. 4 g + 3 of a block, at term t in the lower and at term t + 4 in the upper half of a fragment: its
/// results are neighbours, and loads are 16 bytes wide.
/// </summary>
internal readonly struct Floats : IOperandElement
{
    public static uint Bytes => SharedWords.Bytes;

    public static int Run => 4;

    public static void CopyOne(uint target, long source, bool isPresent) => AsyncCopies.One(target, source, isPresent);

    public static void CopyEach<TPlaces>(uint target, TPlaces places)
        where TPlaces : struct, IPlaces
    {
        for (var i = 0; i < Run; i++)
        {
            var source = places.Address(i);
            AsyncCopies.One(target + ((uint)i * Bytes), source, source != 0);
        }
    }

    public static int RowAt(int place) => ((place & 7) * 4) + (place >> 3);

    public static uint LaneAlongSum(int lane, uint rowBytes, bool isLeft) => (uint)lane * rowBytes;

    public static Fragment FragmentAlongSum(uint address, uint rowBytes) =>
        new() { Low = SharedWords.LoadMatrices(address), High = SharedWords.LoadMatrices(address + 16) };

    public static uint LaneAlongOuter(int lane, uint termBytes, bool isLeft) => ((uint)(lane & 3) * termBytes) + ((uint)(lane >> 2) * 16);

    public static Fragment FragmentAlongOuter(uint address, uint termBytes) =>
        new() { Low = SharedWords.Load(address), High = SharedWords.Load(address + (4 * termBytes)) };

    public static void Store(BlockColumn sums, uint block, uint rowBytes, int blocks, int lane) =>
        sums.Store(block + ((uint)(4 * (lane >> 2)) * rowBytes) + ((uint)(8 * (lane & 3)) * SharedWords.Bytes), rowBytes, blocks);
}

/// <summary>
/// Bfloat16. Lane 4 g + t has outer positions g, g + 8, g + 16 and g + 24 of a block, the first two in the lower half of a fragment, at terms 2 t and
/// 2 t + 1, and at those 8 beyond: as the loads of matrices deal pairs out. Matrices are loaded in the order in which the registers of an operand must
/// lie: positions first for the left, terms first for the right.
/// </summary>
internal readonly struct BFloats : IOperandElement
{
    public static uint Bytes => 2;

    public static int Run => 8;

    // The least that goes by itself is four bytes.
    public static void CopyOne(uint target, long source, bool isPresent) => CudaAsm.Emit("st.shared.u16 [%0], %1;", target, Load(isPresent ? source : 0));

    // All loads are under way before the first store waits for its own.
    public static void CopyEach<TPlaces>(uint target, TPlaces places)
        where TPlaces : struct, IPlaces
    {
        var (a, b, c, d) = (Load(places.Address(0)), Load(places.Address(1)), Load(places.Address(2)), Load(places.Address(3)));
        var (e, f, g, h) = (Load(places.Address(4)), Load(places.Address(5)), Load(places.Address(6)), Load(places.Address(7)));
        CudaAsm.Emit("st.shared.v4.b32 [%0], {%1, %2, %3, %4};", target, a | (b << 16), c | (d << 16), e | (f << 16), g | (h << 16));
    }

    public static int RowAt(int place) => place;

    public static uint LaneAlongSum(int lane, uint rowBytes, bool isLeft) =>
        ((uint)(Eights(lane, isLeft) + (lane & 7)) * rowBytes) + ((uint)Eights(lane, !isLeft) * Bytes);

    public static Fragment FragmentAlongSum(uint address, uint rowBytes) =>
        new() { Low = SharedWords.LoadMatrices(address), High = SharedWords.LoadMatrices(address + (16 * rowBytes)) };

    public static uint LaneAlongOuter(int lane, uint termBytes, bool isLeft) =>
        ((uint)(Eights(lane, !isLeft) + (lane & 7)) * termBytes) + ((uint)Eights(lane, isLeft) * Bytes);

    public static Fragment FragmentAlongOuter(uint address, uint termBytes) =>
        new() { Low = SharedWords.LoadTransposed(address), High = SharedWords.LoadTransposed(address + (16 * Bytes)) };

    public static void Store(BlockColumn sums, uint block, uint rowBytes, int blocks, int lane) =>
        sums.StoreDealt(block + ((uint)(lane >> 2) * rowBytes) + ((uint)(2 * (lane & 3)) * SharedWords.Bytes), rowBytes, blocks);

    /// <summary>0 where there is nothing.</summary>
    private static uint Load(long address)
    {
        var bits = 0u;
        if (address != 0)
        {
            CudaAsm.Emit("ld.global.u16 %0, [%1];", out bits, address);
        }

        return bits;
    }

    /// <summary>Eight lanes speak for a matrix: 8 for the second and fourth, or for the third and fourth, else 0.</summary>
    private static int Eights(int lane, bool isFirst) => isFirst ? lane & 8 : (lane >> 1) & 8;
}
