namespace XlstmSam.PtxInterpreter;

/// <summary>An opcode's parts, taken one by one: whatever no decoder asks for is an error, not something to overlook.</summary>
internal sealed class Opcode
{
    private readonly string text;
    private readonly List<string> modifiers;

    public Opcode(InstructionSyntax syntax)
    {
        (text, Line) = (syntax.Text, syntax.Line);
        var parts = syntax.Opcode.Split('.');
        (Name, modifiers) = (parts[0], [.. parts.Skip(1)]);
    }

    public string Name { get; }

    public int Line { get; }

    public bool Take(string modifier) => modifiers.Remove(modifier);

    /// <summary>The first of the alternatives that is there, or null.</summary>
    public string? TakeAny(params ReadOnlySpan<string> alternatives)
    {
        foreach (var alternative in alternatives)
        {
            if (Take(alternative))
            {
                return alternative;
            }
        }

        return null;
    }

    /// <summary>Drops modifiers that change speed but no result, by what they begin with too.</summary>
    public void Ignore(params ReadOnlySpan<string> hints)
    {
        foreach (var hint in hints)
        {
            modifiers.RemoveAll(modifier => modifier == hint || modifier.StartsWith(hint + "::", StringComparison.Ordinal));
        }
    }

    /// <summary>The next type.</summary>
    public PtxType TakeType()
    {
        for (var i = 0; i < modifiers.Count; i++)
        {
            if (PtxType.TryParse(modifiers[i], out var type))
            {
                modifiers.RemoveAt(i);
                return type;
            }
        }

        throw Unknown("it names no type");
    }

    /// <summary>Throws if a modifier is left.</summary>
    public void RequireNoMore()
    {
        if (modifiers.Count > 0)
        {
            throw Unknown($"the modifier .{modifiers[0]} is not known here");
        }
    }

    public PtxFault Unknown(string why) => new($"PTX line {Line}: '{text}' cannot be executed: {why}.");
}
