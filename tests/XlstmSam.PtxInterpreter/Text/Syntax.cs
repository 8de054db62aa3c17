namespace XlstmSam.PtxInterpreter;

/// <summary>What may stand between an instruction's commas.</summary>
internal abstract record OperandSyntax;

/// <summary>A register, special register, variable, label or function.</summary>
internal sealed record NameSyntax(string Name, bool Negated = false) : OperandSyntax;

/// <summary>A constant's bits; a decimal or hexadecimal integer, or the pattern of a float or double.</summary>
internal sealed record NumberSyntax(ulong Bits) : OperandSyntax;

/// <summary>[base + offset]; without a base, an absolute address.</summary>
internal sealed record AddressSyntax(string? Base, long Offset) : OperandSyntax;

/// <summary>{a, b, ...} or the (a, b) of a call.</summary>
internal sealed record ListSyntax(IReadOnlyList<OperandSyntax> Items) : OperandSyntax;

/// <summary>d|p: a result and a predicate.</summary>
internal sealed record PairSyntax(OperandSyntax First, OperandSyntax Second) : OperandSyntax;

/// <summary>One element of a body, in the order of the text.</summary>
internal abstract record StatementSyntax(int Line);

internal sealed record LabelSyntax(string Name, int Line) : StatementSyntax(Line);

internal sealed record OpenSyntax(int Line) : StatementSyntax(Line);

internal sealed record CloseSyntax(int Line) : StatementSyntax(Line);

/// <summary>.reg .b32 %r&lt;8&gt; declares %r0 to %r7; without a count it declares the name itself.</summary>
internal sealed record RegisterSyntax(string Type, string Name, int? Count, int Line) : StatementSyntax(Line);

/// <summary>A variable of a state space: shared, local, param, const or global. Bytes is 0 for an array without a length.</summary>
internal sealed record VariableSyntax(string Space, int Align, int Bytes, string Name, int Line) : StatementSyntax(Line);

/// <summary>The labels a brx.idx may jump to.</summary>
internal sealed record TargetsSyntax(IReadOnlyList<string> Labels, int Line) : StatementSyntax(Line);

internal sealed record InstructionSyntax(string Opcode, NameSyntax? Guard, IReadOnlyList<OperandSyntax> Operands, string Text, int Line)
    : StatementSyntax(Line);

internal sealed record FunctionSyntax(
    string Name, bool IsEntry, IReadOnlyList<VariableSyntax> Results, IReadOnlyList<VariableSyntax> Parameters, IReadOnlyList<StatementSyntax> Body,
    int? MaxThreads);

internal sealed record ModuleSyntax(IReadOnlyList<VariableSyntax> Variables, IReadOnlyDictionary<string, FunctionSyntax> Functions);
