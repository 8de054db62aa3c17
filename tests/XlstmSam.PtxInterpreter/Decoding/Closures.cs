namespace XlstmSam.PtxInterpreter;

/// <summary>Closes the generic instructions over the element type an opcode names.</summary>
internal static class Closures
{
    public static Instruction Map1<TOp>(Opcode opcode, PtxType type, int d, int x)
        where TOp : struct, IUnary
        => type switch
        {
            { Kind: TypeKind.Float, Bytes: 4 } => new Map1<float, TOp>(d, x),
            { Kind: TypeKind.Float, Bytes: 8 } => new Map1<double, TOp>(d, x),
            { Kind: TypeKind.Signed, Bytes: 4 } => new Map1<int, TOp>(d, x),
            { Kind: TypeKind.Signed, Bytes: 8 } => new Map1<long, TOp>(d, x),
            { Kind: TypeKind.Bits or TypeKind.Unsigned, Bytes: 4 } => new Map1<uint, TOp>(d, x),
            { Kind: TypeKind.Bits or TypeKind.Unsigned, Bytes: 8 } => new Map1<ulong, TOp>(d, x),
            _ => throw opcode.Unknown("not known for this type"),
        };

    public static Instruction Map2<TOp>(Opcode opcode, PtxType type, int d, int x, int y)
        where TOp : struct, IBinary
        => type switch
        {
            { Kind: TypeKind.Float, Bytes: 4 } => new Map2<float, TOp>(d, x, y),
            { Kind: TypeKind.Float, Bytes: 8 } => new Map2<double, TOp>(d, x, y),
            { Kind: TypeKind.Signed, Bytes: 4 } => new Map2<int, TOp>(d, x, y),
            { Kind: TypeKind.Signed, Bytes: 8 } => new Map2<long, TOp>(d, x, y),
            { Kind: TypeKind.Bits or TypeKind.Unsigned, Bytes: 4 } => new Map2<uint, TOp>(d, x, y),
            { Kind: TypeKind.Bits or TypeKind.Unsigned, Bytes: 8 } => new Map2<ulong, TOp>(d, x, y),
            _ => throw opcode.Unknown("not known for this type"),
        };

    public static Instruction Map3<TOp>(Opcode opcode, PtxType type, int d, int x, int y, int z)
        where TOp : struct, ITernary
        => type switch
        {
            { Kind: TypeKind.Float, Bytes: 4 } => new Map3<float, TOp>(d, x, y, z),
            { Kind: TypeKind.Float, Bytes: 8 } => new Map3<double, TOp>(d, x, y, z),
            { Kind: TypeKind.Signed or TypeKind.Unsigned or TypeKind.Bits, Bytes: 4 } => new Map3<uint, TOp>(d, x, y, z),
            { Kind: TypeKind.Signed or TypeKind.Unsigned or TypeKind.Bits, Bytes: 8 } => new Map3<ulong, TOp>(d, x, y, z),
            _ => throw opcode.Unknown("not known for this type"),
        };

    public static Instruction Division<TOp>(Opcode opcode, PtxType type, int d, int x, int y)
        where TOp : struct, IScalarBinary
        => type switch
        {
            { Kind: TypeKind.Signed, Bytes: 4 } => new CheckedDivision<int, TOp>(d, x, y),
            { Kind: TypeKind.Signed, Bytes: 8 } => new CheckedDivision<long, TOp>(d, x, y),
            { Kind: TypeKind.Unsigned, Bytes: 4 } => new CheckedDivision<uint, TOp>(d, x, y),
            { Kind: TypeKind.Unsigned, Bytes: 8 } => new CheckedDivision<ulong, TOp>(d, x, y),
            _ => throw opcode.Unknown("not known for this type"),
        };

    public static Instruction Scalar2<TOp>(Opcode opcode, PtxType type, int d, int x, int y)
        where TOp : struct, IScalarBinary
        => type switch
        {
            { Kind: TypeKind.Signed, Bytes: 4 } => new ScalarMap2<int, TOp>(d, x, y),
            { Kind: TypeKind.Signed, Bytes: 8 } => new ScalarMap2<long, TOp>(d, x, y),
            { Kind: TypeKind.Unsigned, Bytes: 4 } => new ScalarMap2<uint, TOp>(d, x, y),
            { Kind: TypeKind.Unsigned, Bytes: 8 } => new ScalarMap2<ulong, TOp>(d, x, y),
            _ => throw opcode.Unknown("not known for this type"),
        };

    public static Instruction Shift<TOp>(Opcode opcode, PtxType type, int d, int x, int count, ulong? immediate)
        where TOp : struct, IShift
        => type switch
        {
            { Kind: TypeKind.Signed, Bytes: 4 } => Shift<int, TOp>(d, x, count, immediate),
            { Kind: TypeKind.Signed, Bytes: 8 } => Shift<long, TOp>(d, x, count, immediate),
            { Kind: TypeKind.Bits or TypeKind.Unsigned, Bytes: 4 } => Shift<uint, TOp>(d, x, count, immediate),
            { Kind: TypeKind.Bits or TypeKind.Unsigned, Bytes: 8 } => Shift<ulong, TOp>(d, x, count, immediate),
            _ => throw opcode.Unknown("not known for this type"),
        };

    private static unsafe Instruction Shift<T, TOp>(int d, int x, int count, ulong? immediate)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
        where TOp : struct, IShift
        => immediate < (ulong)(8 * sizeof(T)) ? new ShiftBy<T, TOp>(d, x, (int)immediate) : new Shift<T, TOp>(d, x, count);
}
