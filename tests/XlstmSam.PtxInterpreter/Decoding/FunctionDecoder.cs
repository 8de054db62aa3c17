namespace XlstmSam.PtxInterpreter;

/// <summary>Roots, reciprocals and the approximated functions.</summary>
internal static class FunctionDecoder
{
    public static Instruction SquareRoot(Opcode opcode, OperandReader operands) => Rounded<SquareRoot>(opcode, operands);

    public static Instruction Reciprocal(Opcode opcode, OperandReader operands) => Rounded<Reciprocal>(opcode, operands);

    public static Instruction Approximate<TFunction>(Opcode opcode, OperandReader operands)
        where TFunction : struct, IFunction
    {
        RequireApprox(opcode);
        return Single<Rounded<TFunction>>(opcode, operands);
    }

    public static Instruction Tanh(Opcode opcode, OperandReader operands)
    {
        RequireApprox(opcode);
        return Single<CoarseTanh>(opcode, operands);
    }

    private static Instruction Rounded<TOp>(Opcode opcode, OperandReader operands)
        where TOp : struct, IUnary
        => opcode.TakeAny("rn", "approx") is not null
            ? ArithmeticDecoder.Unary<TOp>(opcode, operands)
            : throw opcode.Unknown("expected .rn or .approx");

    private static Instruction Single<TOp>(Opcode opcode, OperandReader operands)
        where TOp : struct, IUnary
    {
        var flush = opcode.Take("ftz");
        var type = opcode.TakeType();
        if (type != PtxType.F32)
        {
            throw opcode.Unknown("known for .f32 alone");
        }

        var (d, x) = (operands.Target(0, type), operands.Source(1, type));
        return flush ? new Map1<float, FlushUnary<TOp>>(d, x) : new Map1<float, TOp>(d, x);
    }

    private static void RequireApprox(Opcode opcode)
    {
        if (!opcode.Take("approx"))
        {
            throw opcode.Unknown("expected .approx");
        }
    }
}
