namespace XlstmSam.PtxInterpreter;

/// <summary>Logic, shifts and bit fields.</summary>
internal static class BitDecoder
{
    public static Instruction And(Opcode opcode, OperandReader operands) => Logic<And>(opcode, operands, BoolOperation.And);

    public static Instruction Or(Opcode opcode, OperandReader operands) => Logic<Or>(opcode, operands, BoolOperation.Or);

    public static Instruction Xor(Opcode opcode, OperandReader operands) => Logic<Xor>(opcode, operands, BoolOperation.Xor);

    public static Instruction Not(Opcode opcode, OperandReader operands)
    {
        if (!opcode.Take("pred"))
        {
            return ArithmeticDecoder.Unary<Complement>(opcode, operands);
        }

        var source = operands.Predicate(1);
        return new PredicateLogic(operands.Predicate(0).Register, source with { Negated = !source.Negated }, default, BoolOperation.None);
    }

    public static Instruction ShiftLeft(Opcode opcode, OperandReader operands) => Shift<ShiftLeft>(opcode, operands);

    public static Instruction ShiftRight(Opcode opcode, OperandReader operands) => Shift<ShiftRight>(opcode, operands);

    public static Instruction Funnel(Opcode opcode, OperandReader operands)
    {
        var direction = opcode.TakeAny("l", "r");
        var mode = opcode.TakeAny("wrap", "clamp");
        opcode.TakeType();
        var (d, a, b, c) = (operands.Target(0, PtxType.B32), operands.Source(1, PtxType.B32), operands.Source(2, PtxType.B32), operands.Source(3, PtxType.B32));
        return (direction, mode) switch
        {
            ("l", "wrap") => new BitMap<uint, FunnelLeftWrap>(d, a, b, c, c),
            ("r", "wrap") => new BitMap<uint, FunnelRightWrap>(d, a, b, c, c),
            ("l", "clamp") => new BitMap<uint, FunnelLeftClamp>(d, a, b, c, c),
            ("r", "clamp") => new BitMap<uint, FunnelRightClamp>(d, a, b, c, c),
            _ => throw opcode.Unknown("expected .l or .r and .wrap or .clamp"),
        };
    }

    public static Instruction PopCount(Opcode opcode, OperandReader operands)
    {
        var type = opcode.TakeType();
        var (d, x) = (operands.Target(0, PtxType.U32), operands.Source(1, type));
        return type.Bytes == 8 ? new ScalarMap1<ulong, uint, PopCount<ulong>>(d, x) : new ScalarMap1<uint, uint, PopCount<uint>>(d, x);
    }

    public static Instruction LeadingZeros(Opcode opcode, OperandReader operands)
    {
        var type = opcode.TakeType();
        var (d, x) = (operands.Target(0, PtxType.U32), operands.Source(1, type));
        return type.Bytes == 8 ? new ScalarMap1<ulong, uint, LeadingZeros<ulong>>(d, x) : new ScalarMap1<uint, uint, LeadingZeros<uint>>(d, x);
    }

    public static Instruction Reverse(Opcode opcode, OperandReader operands)
    {
        var type = opcode.TakeType();
        var (d, x) = (operands.Target(0, type), operands.Source(1, type));
        return type.Bytes == 8 ? new ScalarMap1<ulong, ulong, ReverseBits<ulong>>(d, x) : new ScalarMap1<uint, uint, ReverseBits<uint>>(d, x);
    }

    public static Instruction Extract(Opcode opcode, OperandReader operands)
    {
        var type = opcode.TakeType();
        var (d, a, b, c) = (operands.Target(0, type), operands.Source(1, type), operands.Source(2, PtxType.U32), operands.Source(3, PtxType.U32));
        return (type.Bytes, type.IsSigned) switch
        {
            (4, false) => new BitMap<uint, ExtractField<uint>>(d, a, a, b, c),
            (4, true) => new BitMap<int, ExtractField<int>>(d, a, a, b, c),
            (8, false) => new BitMap<ulong, ExtractField<ulong>>(d, a, a, b, c),
            (8, true) => new BitMap<long, ExtractField<long>>(d, a, a, b, c),
            _ => throw opcode.Unknown("not known for this type"),
        };
    }

    public static Instruction Insert(Opcode opcode, OperandReader operands)
    {
        var type = opcode.TakeType();
        var (d, a, b) = (operands.Target(0, type), operands.Source(1, type), operands.Source(2, type));
        var (position, length) = (operands.Source(3, PtxType.U32), operands.Source(4, PtxType.U32));
        return type.Bytes == 8
            ? new BitMap<ulong, InsertField<ulong>>(d, a, b, position, length)
            : new BitMap<uint, InsertField<uint>>(d, a, b, position, length);
    }

    public static Instruction Permute(Opcode opcode, OperandReader operands)
    {
        var type = opcode.TakeType();
        var (d, a, b, c) = (operands.Target(0, type), operands.Source(1, type), operands.Source(2, type), operands.Source(3, type));
        return new BitMap<uint, Permute>(d, a, b, c, c);
    }

    public static Instruction Logic3(Opcode opcode, OperandReader operands)
    {
        var type = opcode.TakeType();
        var (d, a, b, c) = (operands.Target(0, type), operands.Source(1, type), operands.Source(2, type), operands.Source(3, type));
        return new BitMap<uint, Logic3>(d, a, b, c, operands.Source(4, type));
    }

    private static Instruction Logic<TOp>(Opcode opcode, OperandReader operands, BoolOperation operation)
        where TOp : struct, IBinary
        => opcode.Take("pred")
            ? new PredicateLogic(operands.Predicate(0).Register, operands.Predicate(1), operands.Predicate(2), operation)
            : ArithmeticDecoder.Binary<TOp>(opcode, operands);

    private static Instruction Shift<TOp>(Opcode opcode, OperandReader operands)
        where TOp : struct, IShift
    {
        operands.RequireCount(3);
        var type = opcode.TakeType();
        return Closures.Shift<TOp>(opcode, type, operands.Target(0, type), operands.Source(1, type), operands.Source(2, PtxType.U32), operands.Immediate(2));
    }
}
