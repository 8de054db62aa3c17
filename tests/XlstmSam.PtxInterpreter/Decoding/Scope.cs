namespace XlstmSam.PtxInterpreter;

internal abstract record Symbol;

/// <summary>A register: its offset in a warp's registers, or a predicate's index.</summary>
internal sealed record RegisterSymbol(PtxType Type, int Offset) : Symbol;

/// <summary>A variable: its address in its space. Dynamic shared memory gets its address when the static size is known.</summary>
internal sealed record VariableSymbol(StateSpace Space, int Address, bool IsDynamic = false) : Symbol;

internal sealed record LabelSymbol(CodeLabel Label) : Symbol;

internal sealed record TargetsSymbol(IReadOnlyList<string> Labels) : Symbol;

/// <summary>The names of a module, a function or a block in braces; inner names hide outer ones.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, Symbol> symbols = [];

    public Scope? Outer => outer;

    public void Declare(string name, Symbol symbol, int line)
    {
        if (!symbols.TryAdd(name, symbol))
        {
            throw new PtxFault($"PTX line {line}: '{name}' is declared twice.");
        }
    }

    public Symbol? Find(string name) => symbols.TryGetValue(name, out var symbol) ? symbol : outer?.Find(name);
}
