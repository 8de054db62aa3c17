namespace XlstmSam.PtxInterpreter;

/// <summary>One decoded instruction: its operands are offsets into a warp's registers, so that it runs over 32 lanes without looking anything up.</summary>
internal abstract class Instruction
{
    /// <summary>The text it came from and its line in the module, for messages.</summary>
    public string Text { get; private set; } = "";

    public int Line { get; private set; }

    /// <summary>The predicate register that guards it, or -1.</summary>
    public int Guard { get; private set; } = -1;

    public bool GuardNegated { get; private set; }

    /// <param name="warp">The warp that executes it.</param>
    /// <param name="mask">The lanes that do: active, and let through by the guard; at least one.</param>
    public abstract void Execute(Warp warp, uint mask);

    public void Describe(string text, int line, int guard, bool guardNegated) => (Text, Line, Guard, GuardNegated) = (text, line, guard, guardNegated);

    public override string ToString() => $"'{Text}' (PTX line {Line})";
}
