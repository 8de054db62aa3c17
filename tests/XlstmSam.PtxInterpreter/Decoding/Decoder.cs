namespace XlstmSam.PtxInterpreter;

/// <summary>Turns an entry's statements into a program; calls are put in place of themselves, so that a program has no stack.</summary>
internal sealed class Decoder
{
    private const int DeepestCall = 32;

    private readonly ModuleSyntax module;
    private readonly Scope globals = new(null);
    private readonly CodeBuilder builder = new();
    private int depth;

    private Decoder(ModuleSyntax module)
    {
        this.module = module;
        foreach (var variable in module.Variables)
        {
            Declare(globals, variable);
        }
    }

    public static Program Decode(ModuleSyntax module, FunctionSyntax entry)
    {
        var decoder = new Decoder(module);
        var scope = new Scope(decoder.globals);
        var bytes = 0;
        foreach (var parameter in entry.Parameters)
        {
            bytes = (bytes + parameter.Align - 1) / parameter.Align * parameter.Align;
            scope.Declare(parameter.Name, new VariableSymbol(StateSpace.Param, bytes), parameter.Line);
            bytes += parameter.Bytes;
        }

        var end = decoder.builder.NewLabel("end", 0);
        decoder.DecodeBody(entry, scope, end);
        end.Position = decoder.builder.Code.Count;
        decoder.Emit(new Return(), "ret", entry.Body.Count > 0 ? entry.Body[^1].Line : 0);
        return decoder.builder.Build(entry.Name, bytes, entry.MaxThreads);
    }

    private void DecodeBody(FunctionSyntax function, Scope outer, CodeLabel end)
    {
        var scope = outer;
        DeclareLabels(scope, function.Body, 0);
        for (var i = 0; i < function.Body.Count; i++)
        {
            switch (function.Body[i])
            {
                case OpenSyntax:
                    scope = new(scope);
                    DeclareLabels(scope, function.Body, i + 1);
                    break;
                case CloseSyntax:
                    scope = scope.Outer!;
                    break;
                case RegisterSyntax registers:
                    Declare(scope, registers);
                    break;
                case VariableSyntax variable:
                    Declare(scope, variable);
                    break;
                case LabelSyntax label when scope.Find(label.Name) is LabelSymbol symbol:
                    symbol.Label.Position = builder.Code.Count;
                    break;
                case InstructionSyntax instruction:
                    Decode(instruction, scope, end, function.IsEntry);
                    break;
                default:
                    break;
            }
        }
    }

    private void Decode(InstructionSyntax syntax, Scope scope, CodeLabel end, bool isEntry)
    {
        var opcode = new Opcode(syntax);
        var operands = new OperandReader(syntax, scope, builder);
        if (opcode.Name == "call")
        {
            Inline(opcode, operands, syntax, scope);
            return;
        }

        var returns = opcode.Name is "ret" && !isEntry;
        var instruction = returns ? new Branch(end) : Decoders.Decode(opcode, operands);
        opcode.RequireNoMore();
        var guard = syntax.Guard is { } name ? operands.Predicate(name) : new(-1, false);
        Emit(instruction, syntax.Text, syntax.Line, guard);
    }

    // call (result), function, (arguments): all three name .param variables of the caller, which become the callee's own.
    private void Inline(Opcode opcode, OperandReader operands, InstructionSyntax syntax, Scope scope)
    {
        opcode.Ignore("uni");
        var hasResult = operands.IsList(0);
        var name = operands.Name(hasResult ? 1 : 0);
        if (!module.Functions.TryGetValue(name, out var function))
        {
            throw opcode.Unknown($"the module has no body of '{name}'");
        }

        if (syntax.Guard is not null || ++depth > DeepestCall)
        {
            throw opcode.Unknown(syntax.Guard is not null ? "calls under a predicate are not known" : "functions call each other too deeply");
        }

        var inner = new Scope(globals);
        var first = hasResult ? 2 : 1;
        Bind(inner, function.Results, hasResult ? operands.List(0) : [], operands, scope);
        Bind(inner, function.Parameters, first < operands.Count ? operands.List(first) : [], operands, scope);
        var end = builder.NewLabel("return", syntax.Line);
        DecodeBody(function, inner, end);
        end.Position = builder.Code.Count;
        depth--;
    }

    private static void Bind(Scope inner, IReadOnlyList<VariableSyntax> formal, IReadOnlyList<OperandSyntax> actual, OperandReader operands, Scope scope)
    {
        for (var i = 0; i < formal.Count; i++)
        {
            var symbol = i < actual.Count && actual[i] is NameSyntax name ? scope.Find(name.Name) : null;
            inner.Declare(
                formal[i].Name,
                symbol as VariableSymbol ?? throw operands.Mismatch(new NameSyntax(formal[i].Name), "a .param variable for each parameter"),
                formal[i].Line);
        }
    }

    private void Emit(Instruction instruction, string text, int line, PredicateOperand? guard = null)
    {
        instruction.Describe(text, line, guard?.Register ?? -1, guard?.Negated ?? false);
        builder.Code.Add(instruction);
    }

    // Labels are known in the whole block they stand in, before they are passed too.
    private void DeclareLabels(Scope scope, IReadOnlyList<StatementSyntax> body, int start)
    {
        var level = 0;
        for (var i = start; i < body.Count && level >= 0; i++)
        {
            level += body[i] is OpenSyntax ? 1 : body[i] is CloseSyntax ? -1 : 0;
            if (level != 0 || body[i] is not LabelSyntax label)
            {
                continue;
            }

            Symbol symbol = i + 1 < body.Count && body[i + 1] is TargetsSyntax targets
                ? new TargetsSymbol(targets.Labels)
                : new LabelSymbol(builder.NewLabel(label.Name, label.Line));
            scope.Declare(label.Name, symbol, label.Line);
        }
    }

    private void Declare(Scope scope, RegisterSyntax syntax)
    {
        var type = PtxType.Parse(syntax.Type, syntax.Line);
        if (syntax.Count is not { } count)
        {
            scope.Declare(syntax.Name, new RegisterSymbol(type, builder.NewRegister(type)), syntax.Line);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            scope.Declare($"{syntax.Name}{i}", new RegisterSymbol(type, builder.NewRegister(type)), syntax.Line);
        }
    }

    private void Declare(Scope scope, VariableSyntax syntax)
    {
        var symbol = syntax.Space switch
        {
            "shared" when syntax.Bytes == 0 => Dynamic(syntax),
            "shared" => new VariableSymbol(StateSpace.Shared, builder.AllocateShared(syntax.Align, syntax.Bytes)),
            "local" or "param" => new(StateSpace.Local, builder.AllocateLocal(syntax.Align, syntax.Bytes)),
            _ => throw new PtxFault($"PTX line {syntax.Line}: variables in .{syntax.Space} are not known; '{syntax.Name}' is one."),
        };
        scope.Declare(syntax.Name, symbol, syntax.Line);
    }

    private VariableSymbol Dynamic(VariableSyntax syntax)
    {
        builder.AllocateDynamic(syntax.Align);
        return new(StateSpace.Shared, 0, IsDynamic: true);
    }
}
