namespace XlstmSam.PtxInterpreter;

/// <summary>Sums, products, quotients, extremes. Floats round to nearest even; other roundings are not known and say so.</summary>
internal static class ArithmeticDecoder
{
    public static Instruction Add(Opcode opcode, OperandReader operands) => Binary<Add>(opcode, operands);

    public static Instruction Subtract(Opcode opcode, OperandReader operands) => Binary<Subtract>(opcode, operands);

    public static Instruction Multiply(Opcode opcode, OperandReader operands)
    {
        if (opcode.Take("wide"))
        {
            return Wide(opcode, operands, hasAddend: false);
        }

        if (opcode.Take("hi"))
        {
            var type = opcode.TakeType();
            return Closures.Scalar2<MultiplyHigh>(opcode, type, operands.Target(0, type), operands.Source(1, type), operands.Source(2, type));
        }

        opcode.Ignore("lo");
        return Binary<Multiply>(opcode, operands);
    }

    public static Instruction MultiplyAdd(Opcode opcode, OperandReader operands)
    {
        if (opcode.Take("wide"))
        {
            return Wide(opcode, operands, hasAddend: true);
        }

        if (!opcode.Take("lo"))
        {
            return Fused(opcode, operands);
        }

        var type = opcode.TakeType();
        return Closures.Map3<MultiplyAdd>(opcode, type, operands.Target(0, type), operands.Source(1, type), operands.Source(2, type), operands.Source(3, type));
    }

    public static Instruction Fused(Opcode opcode, OperandReader operands)
    {
        opcode.Ignore("rn");
        var flush = opcode.Take("ftz");
        var type = opcode.TakeType();
        RequireFloat(opcode, type);
        var (d, x, y, z) = (operands.Target(0, type), operands.Source(1, type), operands.Source(2, type), operands.Source(3, type));
        return flush
            ? Closures.Map3<FlushTernary<FusedMultiplyAdd>>(opcode, type, d, x, y, z)
            : Closures.Map3<FusedMultiplyAdd>(opcode, type, d, x, y, z);
    }

    public static Instruction Divide(Opcode opcode, OperandReader operands)
    {
        var kind = opcode.TakeAny("rn", "full", "approx");
        if (kind is not null)
        {
            return Binary<Divide>(opcode, operands);
        }

        var type = opcode.TakeType();
        return Closures.Division<IntegerDivide>(opcode, type, operands.Target(0, type), operands.Source(1, type), operands.Source(2, type));
    }

    public static Instruction Remainder(Opcode opcode, OperandReader operands)
    {
        var type = opcode.TakeType();
        return Closures.Division<Remainder>(opcode, type, operands.Target(0, type), operands.Source(1, type), operands.Source(2, type));
    }

    public static Instruction Minimum(Opcode opcode, OperandReader operands) =>
        opcode.Take("NaN") ? Binary<MinimumOrNaN>(opcode, operands) : Binary<Minimum>(opcode, operands);

    public static Instruction Maximum(Opcode opcode, OperandReader operands) =>
        opcode.Take("NaN") ? Binary<MaximumOrNaN>(opcode, operands) : Binary<Maximum>(opcode, operands);

    public static Instruction Negate(Opcode opcode, OperandReader operands) => Unary<Negate>(opcode, operands);

    public static Instruction Absolute(Opcode opcode, OperandReader operands) => Unary<Absolute>(opcode, operands);

    public static Instruction CopySign(Opcode opcode, OperandReader operands) => Binary<CopySign>(opcode, operands);

    public static Instruction Unary<TOp>(Opcode opcode, OperandReader operands)
        where TOp : struct, IUnary
    {
        operands.RequireCount(2);
        var flush = opcode.Take("ftz");
        var type = opcode.TakeType();
        var (d, x) = (operands.Target(0, type), operands.Source(1, type));
        return flush ? Closures.Map1<FlushUnary<TOp>>(opcode, type, d, x) : Closures.Map1<TOp>(opcode, type, d, x);
    }

    public static Instruction Binary<TOp>(Opcode opcode, OperandReader operands)
        where TOp : struct, IBinary
    {
        operands.RequireCount(3);
        opcode.Ignore("rn");
        var flush = opcode.Take("ftz");
        var type = opcode.TakeType();
        var (d, x, y) = (operands.Target(0, type), operands.Source(1, type), operands.Source(2, type));
        return flush ? Closures.Map2<FlushBinary<TOp>>(opcode, type, d, x, y) : Closures.Map2<TOp>(opcode, type, d, x, y);
    }

    public static void RequireFloat(Opcode opcode, PtxType type)
    {
        if (type is not { Kind: TypeKind.Float, Bytes: 4 or 8 })
        {
            throw opcode.Unknown("not known for this type");
        }
    }

    private static Instruction Wide(Opcode opcode, OperandReader operands, bool hasAddend)
    {
        var type = opcode.TakeType();
        var wide = type with { Bytes = 8 };
        var (d, x, y) = (operands.Target(0, wide), operands.Source(1, type), operands.Source(2, type));
        var z = hasAddend ? operands.Source(3, wide) : -1;
        return type switch
        {
            { Kind: TypeKind.Signed, Bytes: 4 } => new WideMultiply<int>(d, x, y, z),
            { Kind: TypeKind.Unsigned, Bytes: 4 } => new WideMultiply<uint>(d, x, y, z),
            _ => throw opcode.Unknown("wide products of this type are not known"),
        };
    }
}
