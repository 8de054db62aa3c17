namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// How an operand's tile of (outer, terms of a step) lies in shared memory, outer being a row of the left or a column of the right operand.
/// Fragments are of 32 outer positions. The layouts keep the loads of fragments free of bank conflicts.
/// </summary>
internal interface ILayout
{
    /// <summary>Bytes of a tile with so many outer positions.</summary>
    static abstract uint TileBytes(int outer);

    /// <summary>Bytes between term k and k + 1.</summary>
    static abstract uint TermBytes(int outer);

    /// <summary>Bytes between 32 outer positions and the next 32.</summary>
    static abstract uint BlockBytes { get; }

    /// <summary>Bytes from the start of a block to what this lane asks of <see cref="Fragment"/>.</summary>
    static abstract uint LaneBytes(int lane, int outer, bool isLeft);

    /// <summary>What a lane needs of a block for one product: eight words, which the elements describe.</summary>
    static abstract Fragment Fragment(uint address, int outer);

    /// <summary>Outer positions 4 group .. 4 group + 3 at four terms of float32: one vector per term.</summary>
    /// <param name="address">Of the first of the terms in a block.</param>
    static abstract TermQuad Quad(uint address, int group, int outer);
}

internal struct Fragment
{
    public Float4 Low;
    public Float4 High;
}

internal struct TermQuad
{
    public Float4 Term0;
    public Float4 Term1;
    public Float4 Term2;
    public Float4 Term3;
}

/// <summary>The terms of one outer position are neighbours.</summary>
internal readonly struct AlongSum<TElement> : ILayout
    where TElement : struct, IOperandElement
{
    // 16 bytes beyond the terms.
    private const uint RowBytes = 5 * 16;

    public static uint BlockBytes => 32 * RowBytes;

    public static uint TileBytes(int outer) => (uint)outer * RowBytes;

    public static uint TermBytes(int outer) => TElement.Bytes;

    public static uint LaneBytes(int lane, int outer, bool isLeft) => TElement.LaneAlongSum(lane, RowBytes, isLeft);

    public static Fragment Fragment(uint address, int outer) => TElement.FragmentAlongSum(address, RowBytes);

    public static TermQuad Quad(uint address, int group, int outer)
    {
        var first = address + ((uint)group * RowBytes);
        var (a, b, c, d) = (
            SharedWords.Load(first), SharedWords.Load(first + (8 * RowBytes)), SharedWords.Load(first + (16 * RowBytes)),
                SharedWords.Load(first + (24 * RowBytes)));
        return new()
        {
            Term0 = new(a.X, b.X, c.X, d.X),
            Term1 = new(a.Y, b.Y, c.Y, d.Y),
            Term2 = new(a.Z, b.Z, c.Z, d.Z),
            Term3 = new(a.W, b.W, c.W, d.W),
        };
    }

    /// <summary>Bytes from the start of the tile to a run of terms from the given one, of the row at this place.</summary>
    public static uint Offset(int place, int term) => ((uint)place * RowBytes) + ((uint)term * TElement.Bytes);
}

/// <summary>The outer positions of one term are neighbours.</summary>
internal readonly struct AlongOuter<TElement> : ILayout
    where TElement : struct, IOperandElement
{
    public static uint BlockBytes => 32 * TElement.Bytes;

    public static uint TileBytes(int outer) => 4 * (uint)TElement.Run * TermBytes(outer);

    public static uint TermBytes(int outer) => ((uint)outer + 8) * TElement.Bytes;

    public static uint LaneBytes(int lane, int outer, bool isLeft) => TElement.LaneAlongOuter(lane, TermBytes(outer), isLeft);

    public static Fragment Fragment(uint address, int outer) => TElement.FragmentAlongOuter(address, TermBytes(outer));

    public static TermQuad Quad(uint address, int group, int outer)
    {
        var first = address + ((uint)group * 16);
        return new()
        {
            Term0 = SharedWords.Load(first),
            Term1 = SharedWords.Load(first + TermBytes(outer)),
            Term2 = SharedWords.Load(first + (2 * TermBytes(outer))),
            Term3 = SharedWords.Load(first + (3 * TermBytes(outer))),
        };
    }

    /// <summary>Terms of which 128 threads have a run each.</summary>
    public static int TermsOfPass(int outer) => 128 * TElement.Run / outer;

    /// <summary>The first outer position of a thread's run, and its term in every pass.</summary>
    public static (int Position, int Term) RunOf(int thread, int outer) =>
        (TElement.Run * (thread & ((outer / TElement.Run) - 1)), thread / (outer / TElement.Run));

    /// <summary>Bytes from the start of the tile to a run of positions from the given one, at a term.</summary>
    public static uint Offset(int position, int term, int outer) => ((uint)term * TermBytes(outer)) + ((uint)position * TElement.Bytes);
}
