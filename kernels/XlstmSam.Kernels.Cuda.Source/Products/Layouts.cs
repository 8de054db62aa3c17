namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// How an operand's tile of (outer, 16 terms of the sum) lies in shared memory, outer being a row of the left or a column of the right operand.
/// Fragments are of 32 outer positions: number 4 g + i belongs to group g of 8. The layouts keep the loads of fragments free of bank conflicts.
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
    static abstract uint LaneBytes(int lane, int outer);

    /// <summary>Lane 4 g + t gets outer positions 4 g .. 4 g + 3 at term t, and at term t + 4.</summary>
    static abstract Fragment Fragment(uint address, int outer);

    /// <summary>Outer positions 4 group .. 4 group + 3 at four terms: one vector per term.</summary>
    /// <param name="address">Of the first of the terms in a block.</param>
    static abstract Square Square(uint address, int group, int outer);
}

internal struct Fragment
{
    public Float4 Low;
    public Float4 High;
}

internal struct Square
{
    public Float4 Term0;
    public Float4 Term1;
    public Float4 Term2;
    public Float4 Term3;
}

/// <summary>The terms of one outer position are neighbours. Position 4 g + i of a block is stored as row 8 i + g.</summary>
internal readonly struct AlongSum : ILayout
{
    private const uint RowBytes = 20 * SharedWords.Bytes;

    public static uint BlockBytes => 32 * RowBytes;

    public static uint TileBytes(int outer) => (uint)outer * RowBytes;

    public static uint TermBytes(int outer) => SharedWords.Bytes;

    public static uint LaneBytes(int lane, int outer) => (uint)lane * RowBytes;

    public static Fragment Fragment(uint address, int outer) =>
        new() { Low = SharedWords.LoadMatrices(address), High = SharedWords.LoadMatrices(address + 16) };

    public static Square Square(uint address, int group, int outer)
    {
        var first = address + ((uint)group * RowBytes);
        var (a, b, c, d) = (
            SharedWords.Load(first), SharedWords.Load(first + (8 * RowBytes)), SharedWords.Load(first + (16 * RowBytes)), SharedWords.Load(first + (24 * RowBytes)));
        return new()
        {
            Term0 = new(a.X, b.X, c.X, d.X),
            Term1 = new(a.Y, b.Y, c.Y, d.Y),
            Term2 = new(a.Z, b.Z, c.Z, d.Z),
            Term3 = new(a.W, b.W, c.W, d.W),
        };
    }

    /// <summary>Which row of a block is stored at this place.</summary>
    public static int RowAt(int place) => ((place & 7) * 4) + (place >> 3);

    /// <summary>Bytes from the start of the tile to four terms from the given one, of the row at this place.</summary>
    public static uint Offset(int place, int term) => ((uint)place * RowBytes) + ((uint)term * SharedWords.Bytes);
}

/// <summary>The outer positions of one term are neighbours.</summary>
internal readonly struct AlongOuter : ILayout
{
    public static uint BlockBytes => 32 * SharedWords.Bytes;

    public static uint TileBytes(int outer) => 16 * TermBytes(outer);

    public static uint TermBytes(int outer) => ((uint)outer + 8) * SharedWords.Bytes;

    public static uint LaneBytes(int lane, int outer) => ((uint)(lane & 3) * TermBytes(outer)) + ((uint)(lane >> 2) * 16);

    public static Fragment Fragment(uint address, int outer) =>
        new() { Low = SharedWords.Load(address), High = SharedWords.Load(address + (4 * TermBytes(outer))) };

    public static Square Square(uint address, int group, int outer)
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

    /// <summary>Bytes from the start of the tile to four positions from the given one, at a term.</summary>
    public static uint Offset(int position, int term, int outer) => ((uint)term * TermBytes(outer)) + ((uint)position * SharedWords.Bytes);
}
