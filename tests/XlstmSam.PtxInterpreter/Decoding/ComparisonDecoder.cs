namespace XlstmSam.PtxInterpreter;

/// <summary>setp, selp, testp.</summary>
internal static class ComparisonDecoder
{
    private static readonly string[] Comparisons =
        ["equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan", "eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs"];

    public static Instruction SetPredicate(Opcode opcode, OperandReader operands)
    {
        opcode.Ignore("ftz");
        var comparison = opcode.TakeAny(Comparisons) ?? throw opcode.Unknown("expected a comparison");
        var combine = opcode.TakeAny("and", "or", "xor") switch
        {
            "and" => BoolOperation.And,
            "or" => BoolOperation.Or,
            "xor" => BoolOperation.Xor,
            _ => BoolOperation.None,
        };
        operands.RequireCount(combine == BoolOperation.None ? 3 : 4);
        var type = opcode.TakeType();
        var (target, complement) = operands.Pair(0);
        var form = new Form(
            operands.Predicate(target).Register, complement, operands.Source(1, type), operands.Source(2, type), combine,
            combine == BoolOperation.None ? default : operands.Predicate(3));
        return type switch
        {
            { Kind: TypeKind.Float, Bytes: 4 } => OfFloat<float>(opcode, comparison, form),
            { Kind: TypeKind.Float, Bytes: 8 } => OfFloat<double>(opcode, comparison, form),
            { Kind: TypeKind.Signed, Bytes: 4 } => OfInteger<int>(opcode, comparison, form),
            { Kind: TypeKind.Signed, Bytes: 8 } => OfInteger<long>(opcode, comparison, form),
            { Kind: TypeKind.Unsigned or TypeKind.Bits, Bytes: 4 } => OfInteger<uint>(opcode, comparison, form),
            { Kind: TypeKind.Unsigned or TypeKind.Bits, Bytes: 8 } => OfInteger<ulong>(opcode, comparison, form),
            _ => throw opcode.Unknown("not known for this type"),
        };
    }

    public static Instruction Select(Opcode opcode, OperandReader operands)
    {
        var type = opcode.TakeType();
        var (d, x, y, p) = (operands.Target(0, type), operands.Source(1, type), operands.Source(2, type), operands.Predicate(3));
        return type.Slot == 8 ? new Select<ulong>(d, x, y, p) : new Select<uint>(d, x, y, p);
    }

    public static Instruction TestProperty(Opcode opcode, OperandReader operands)
    {
        var property = opcode.TakeAny("notanumber", "number", "infinite", "finite", "normal", "subnormal");
        var type = opcode.TakeType();
        ArithmeticDecoder.RequireFloat(opcode, type);
        var (target, source) = (operands.Predicate(0).Register, operands.Source(1, type));
        return type.Bytes == 4 ? Test<float>(opcode, property, target, source) : Test<double>(opcode, property, target, source);
    }

    private readonly record struct Form(int Target, int Complement, int First, int Second, BoolOperation Combine, PredicateOperand With)
    {
        public Form Swapped => this with { First = Second, Second = First };
    }

    // An unordered comparison holds for NaN: it is the opposite of the ordered opposite.
    private static Instruction OfFloat<T>(Opcode opcode, string comparison, Form form)
        where T : unmanaged
        => comparison switch
        {
            "eq" => Make<T, Equal>(form, false),
            "ne" => Make<T, OrderedDifferent>(form, false),
            "lt" => Make<T, Less>(form, false),
            "le" => Make<T, LessOrEqual>(form, false),
            "gt" => Make<T, Less>(form.Swapped, false),
            "ge" => Make<T, LessOrEqual>(form.Swapped, false),
            "equ" => Make<T, OrderedDifferent>(form, true),
            "neu" => Make<T, Equal>(form, true),
            "ltu" => Make<T, LessOrEqual>(form.Swapped, true),
            "leu" => Make<T, Less>(form.Swapped, true),
            "gtu" => Make<T, LessOrEqual>(form, true),
            "geu" => Make<T, Less>(form, true),
            "num" => Make<T, Ordered>(form, false),
            "nan" => Make<T, Ordered>(form, true),
            _ => throw opcode.Unknown($"floats do not compare with .{comparison}"),
        };

    private static Instruction OfInteger<T>(Opcode opcode, string comparison, Form form)
        where T : unmanaged
        => comparison switch
        {
            "eq" => Make<T, Equal>(form, false),
            "ne" => Make<T, Equal>(form, true),
            "lt" or "lo" => Make<T, Less>(form, false),
            "le" or "ls" => Make<T, LessOrEqual>(form, false),
            "gt" or "hi" => Make<T, Less>(form.Swapped, false),
            "ge" or "hs" => Make<T, LessOrEqual>(form.Swapped, false),
            _ => throw opcode.Unknown($"integers do not compare with .{comparison}"),
        };

    private static Instruction Make<T, TOp>(Form form, bool negated)
        where T : unmanaged
        where TOp : struct, IComparison
        => new Compare<T, TOp>(form.Target, form.Complement, form.First, form.Second, negated, form.Combine, form.With);

    private static Instruction Test<T>(Opcode opcode, string? property, int target, int source)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        => property switch
        {
            "notanumber" => new TestProperty<T>(target, source, T.IsNaN),
            "number" => new TestProperty<T>(target, source, x => !T.IsNaN(x)),
            "infinite" => new TestProperty<T>(target, source, T.IsInfinity),
            "finite" => new TestProperty<T>(target, source, T.IsFinite),
            "normal" => new TestProperty<T>(target, source, T.IsNormal),
            "subnormal" => new TestProperty<T>(target, source, T.IsSubnormal),
            _ => throw opcode.Unknown("expected a property"),
        };
}
