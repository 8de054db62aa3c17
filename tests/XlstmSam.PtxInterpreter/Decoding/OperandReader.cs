namespace XlstmSam.PtxInterpreter;

/// <summary>The operands of one instruction, looked up in its scope and checked against the types its opcode names.</summary>
internal sealed class OperandReader(InstructionSyntax syntax, Scope scope, CodeBuilder builder)
{
    public int Count => syntax.Operands.Count;

    public CodeBuilder Builder => builder;

    /// <summary>A register to write, as wide as the type; wider is allowed where the instruction extends.</summary>
    public int Target(int index, PtxType type, bool mayBeWider = false) => Target(Operand(index), type, mayBeWider);

    public int Target(OperandSyntax operand, PtxType type, bool mayBeWider = false) =>
        operand is NameSyntax { Name: "_" }
            ? builder.NewRegister(type)
            : Find(operand) is RegisterSymbol register
            ? Checked(register, type, mayBeWider)
            : throw Mismatch(operand, "a register");

    /// <summary>A value to read: a register, an immediate, a special register or the address of a variable.</summary>
    public int Source(int index, PtxType type, bool mayBeWider = false) => Source(Operand(index), type, mayBeWider);

    public int Source(OperandSyntax operand, PtxType type, bool mayBeWider = false) => operand switch
    {
        NumberSyntax number => builder.Constant(number.Bits, type.Slot),
        NameSyntax { Negated: false } name when SpecialNames.Find(name.Name) is { } special => builder.SpecialRegister(special),
        NameSyntax { Name: "WARP_SZ" } => builder.Constant(Lanes.Count, type.Slot),
        _ => Find(operand) switch
        {
            RegisterSymbol register => Checked(register, type, mayBeWider),
            VariableSymbol variable => builder.Address(variable, type.Slot),
            _ => throw Mismatch(operand, "a register or a number"),
        },
    };

    /// <summary>The bytes of one lane in a register operand.</summary>
    public int Slot(OperandSyntax operand) => Find(operand) is RegisterSymbol register ? register.Type.Slot : throw Mismatch(operand, "a register");

    public ulong? Immediate(int index) => Operand(index) is NumberSyntax number ? number.Bits : null;

    public PredicateOperand Predicate(int index) => Predicate(Operand(index));

    public PredicateOperand Predicate(OperandSyntax operand) =>
        operand is NameSyntax name && Find(name) is RegisterSymbol { Type.IsPredicate: true } register
            ? new(register.Offset, name.Negated)
            : throw Mismatch(operand, "a predicate");

    /// <summary>The operand and the predicate of d|p; -1 where there is none.</summary>
    public (OperandSyntax First, int Predicate) Pair(int index) =>
        Operand(index) is PairSyntax pair ? (pair.First, Predicate(pair.Second).Register) : (Operand(index), -1);

    public IReadOnlyList<OperandSyntax> List(int index) => Operand(index) is ListSyntax list ? list.Items : [Operand(index)];

    public bool IsList(int index) => Operand(index) is ListSyntax;

    public int[] Targets(int index, PtxType type, bool mayBeWider = false) => [.. List(index).Select(item => Target(item, type, mayBeWider))];

    public int[] Sources(int index, PtxType type, bool mayBeWider = false) => [.. List(index).Select(item => Source(item, type, mayBeWider))];

    /// <summary>The address and the variable it is relative to, if it is.</summary>
    public (AddressOperand Address, VariableSymbol? Variable) Address(int index)
    {
        var syntaxAddress = Operand(index) as AddressSyntax ?? throw Mismatch(Operand(index), "an address in brackets");
        if (syntaxAddress.Base is not { } name)
        {
            return (new(-1, 8, syntaxAddress.Offset), null);
        }

        return Find(new NameSyntax(name)) switch
        {
            RegisterSymbol { Type.Bytes: 4 or 8 } register => (new(register.Offset, register.Type.Slot, syntaxAddress.Offset), null),
            VariableSymbol { IsDynamic: true } variable => (new(builder.Address(variable, 8), 8, syntaxAddress.Offset), variable),
            VariableSymbol variable => (new(-1, 8, variable.Address + syntaxAddress.Offset), variable),
            _ => throw Mismatch(new NameSyntax(name), "an address register or a variable"),
        };
    }

    public CodeLabel Label(string name) =>
        scope.Find(name) is LabelSymbol label ? label.Label : throw new PtxFault($"PTX line {syntax.Line}: there is no label '{name}' for '{syntax.Text}'.");

    public string Name(int index) => Operand(index) is NameSyntax name ? name.Name : throw Mismatch(Operand(index), "a name");

    public IReadOnlyList<CodeLabel> BranchTargets(int index) =>
        scope.Find(Name(index)) is TargetsSymbol targets ? [.. targets.Labels.Select(Label)] : throw Mismatch(Operand(index), "a .branchtargets label");

    public void RequireCount(params ReadOnlySpan<int> allowed)
    {
        if (!allowed.Contains(Count))
        {
            throw new PtxFault($"PTX line {syntax.Line}: '{syntax.Text}' has {Count} operands; expected {string.Join(" or ", allowed.ToArray())}.");
        }
    }

    public PtxFault Mismatch(OperandSyntax operand, string expected) =>
        new($"PTX line {syntax.Line}: in '{syntax.Text}' expected {expected}, found {(operand is NameSyntax name ? $"'{name.Name}'" : operand)}.");

    private OperandSyntax Operand(int index) => index < Count
        ? syntax.Operands[index]
        : throw new PtxFault($"PTX line {syntax.Line}: '{syntax.Text}' has {Count} operands; expected {index + 1} at least.");

    private Symbol Find(OperandSyntax operand) => operand is NameSyntax name
        ? scope.Find(name.Name) ?? throw new PtxFault($"PTX line {syntax.Line}: '{name.Name}' in '{syntax.Text}' is not declared.")
        : throw Mismatch(operand, "a name");

    private int Checked(RegisterSymbol register, PtxType type, bool mayBeWider)
    {
        var fits = register.Type.Bytes == type.Bytes || (mayBeWider && register.Type.Bytes > type.Bytes);
        return fits && !register.Type.IsPredicate
            ? register.Offset
            : throw new PtxFault(
                $"PTX line {syntax.Line}: '{syntax.Text}' uses a register of {8 * register.Type.Bytes} bits for an operand of {8 * type.Bytes}.");
    }
}
